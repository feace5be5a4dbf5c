package io.zapkv.sim;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.MethodTypeDesc;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/// Loads all of ZapKV once more, with a mistake in some of its methods.
final class Mutants extends ClassLoader {
  private static final String ENGINE = "io.zapkv.engine.";

  private final Map<String, ClassTransform> mistakes = new HashMap<>();

  Mutants() {
    super("mutant", Mutants.class.getClassLoader());
  }

  /// Every method of this name does nothing but this.
  Mutants with(String owner, String method, Consumer<CodeBuilder> body) {
    return change(
        owner,
        method,
        (model, builder) ->
            builder.withMethodBody(
                model.methodName().stringValue(),
                model.methodTypeSymbol(),
                model.flags().flagsMask(),
                body));
  }

  /// The method does something else in the place of a call.
  ///
  /// @param keepsReceiver whether what was called stays on the stack, as the call's answer
  Mutants replacing(
      String owner,
      String method,
      String call,
      boolean keepsReceiver,
      Consumer<CodeBuilder> instead) {
    String[] called = call.split("\\.", 2);
    return transform(
        owner,
        method,
        (builder, element) -> {
          if (element instanceof InvokeInstruction invoke
              && invoke.name().equalsString(called[1])
              && invoke.owner().asInternalName().endsWith(called[0])) {
            MethodTypeDesc type = invoke.typeSymbol();
            for (int i = type.parameterCount() - 1; i >= 0; i--) {
              String descriptor = type.parameterType(i).descriptorString();
              if (descriptor.equals("J") || descriptor.equals("D")) {
                builder.pop2();
              } else {
                builder.pop();
              }
            }
            if (invoke.opcode() != Opcode.INVOKESTATIC && !keepsReceiver) {
              builder.pop();
            }
            instead.accept(builder);
          } else {
            builder.with(element);
          }
        });
  }

  private Mutants transform(String owner, String method, CodeTransform code) {
    return change(
        owner,
        method,
        (model, builder) -> builder.transformMethod(model, MethodTransform.transformingCode(code)));
  }

  private interface Change {
    void make(MethodModel model, ClassBuilder builder);
  }

  private Mutants change(String owner, String method, Change change) {
    mistakes.put(
        ENGINE + owner,
        (builder, element) -> {
          if (element instanceof MethodModel model && model.methodName().equalsString(method)) {
            change.make(model, builder);
          } else {
            builder.with(element);
          }
        });
    return this;
  }

  /// Plays seeds in the mutant, until one fails.
  ///
  /// @return the first that failed, or -1
  long firstFailing(String wrapper, long first, long count) throws ReflectiveOperationException {
    return (long)
        Class.forName("io.zapkv.sim.CanaryRun", true, this)
            .getMethod("firstFailing", String.class, long.class, long.class)
            .invoke(null, wrapper, first, count);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith("io.zapkv.")) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : define(name);
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] bytes = in.readAllBytes();
      ClassTransform mistake = mistakes.get(name);
      if (mistake != null) {
        byte[] sound = bytes;
        bytes = ClassFile.of().transformClass(ClassFile.of().parse(sound), mistake);
        if (Arrays.equals(sound, bytes)) {
          throw new AssertionError("nothing was changed in " + name);
        }
      }
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}
