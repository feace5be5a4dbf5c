package io.zapkv.ring.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Our layouts and numbers against the kernel headers that are installed, as a C compiler sees
/// them.
class KernelHeadersTest {
  private static final Path HEADER = Path.of("/usr/include/linux/io_uring.h");

  @TempDir private Path folder;

  /// What C says on the left, what we say on the right.
  private static Map<String, Long> expected() {
    Map<String, Long> all = new LinkedHashMap<>();
    offset(all, "io_uring_sqe", "opcode", SqeDescriptor.OPCODE);
    offset(all, "io_uring_sqe", "flags", SqeDescriptor.FLAGS);
    offset(all, "io_uring_sqe", "fd", SqeDescriptor.FD);
    offset(all, "io_uring_sqe", "off", SqeDescriptor.OFF);
    offset(all, "io_uring_sqe", "cmd_op", SqeDescriptor.OFF);
    offset(all, "io_uring_sqe", "addr", SqeDescriptor.ADDR);
    offset(all, "io_uring_sqe", "len", SqeDescriptor.LEN);
    offset(all, "io_uring_sqe", "fsync_flags", SqeDescriptor.OP_FLAGS);
    offset(all, "io_uring_sqe", "rw_flags", SqeDescriptor.OP_FLAGS);
    offset(all, "io_uring_sqe", "user_data", SqeDescriptor.USER_DATA);
    offset(all, "io_uring_sqe", "buf_index", SqeDescriptor.BUF_INDEX);
    offset(all, "io_uring_sqe", "cmd", SqeDescriptor.CMD);
    size(all, "io_uring_sqe", SqeDescriptor.BYTES);
    offset(all, "io_uring_cqe", "user_data", CqeDescriptor.USER_DATA);
    offset(all, "io_uring_cqe", "res", CqeDescriptor.RES);
    offset(all, "io_uring_cqe", "big_cqe", CqeDescriptor.BIG_CQE);
    size(all, "io_uring_cqe", CqeDescriptor.BYTES);
    params(all);
    size(all, "iovec", UringSetup.VECTOR_BYTES);
    size(all, "__kernel_timespec", 16);
    size(all, "io_uring_getevents_arg", 24);
    offset(all, "io_uring_getevents_arg", "ts", 16);
    size(all, "io_uring_sync_cancel_reg", 64);
    offset(all, "io_uring_sync_cancel_reg", "fd", 8);
    offset(all, "io_uring_sync_cancel_reg", "flags", 12);
    size(all, "io_uring_rsrc_register", 32);
    offset(all, "io_uring_rsrc_register", "flags", 4);
    size(all, "io_uring_files_update", 16);
    offset(all, "io_uring_files_update", "fds", 8);
    numbers(all);
    return all;
  }

  private static void params(Map<String, Long> all) {
    offset(all, "io_uring_params", "sq_entries", ParamsDescriptor.SQ_ENTRIES);
    offset(all, "io_uring_params", "cq_entries", ParamsDescriptor.CQ_ENTRIES);
    offset(all, "io_uring_params", "flags", ParamsDescriptor.FLAGS);
    offset(all, "io_uring_params", "features", ParamsDescriptor.FEATURES);
    offset(all, "io_uring_params", "sq_off.head", ParamsDescriptor.SQ_HEAD);
    offset(all, "io_uring_params", "sq_off.tail", ParamsDescriptor.SQ_TAIL);
    offset(all, "io_uring_params", "sq_off.flags", ParamsDescriptor.SQ_FLAGS);
    offset(all, "io_uring_params", "sq_off.array", ParamsDescriptor.SQ_ARRAY);
    offset(all, "io_uring_params", "cq_off.head", ParamsDescriptor.CQ_HEAD);
    offset(all, "io_uring_params", "cq_off.tail", ParamsDescriptor.CQ_TAIL);
    offset(all, "io_uring_params", "cq_off.overflow", ParamsDescriptor.CQ_OVERFLOW);
    offset(all, "io_uring_params", "cq_off.cqes", ParamsDescriptor.CQ_CQES);
    size(all, "io_uring_params", ParamsDescriptor.BYTES);
  }

  private static void numbers(Map<String, Long> all) {
    number(all, "IORING_OP_WRITEV", UringAbi.OP_WRITEV);
    number(all, "IORING_OP_FSYNC", UringAbi.OP_FSYNC);
    number(all, "IORING_OP_READ_FIXED", UringAbi.OP_READ_FIXED);
    number(all, "IORING_OP_WRITE_FIXED", UringAbi.OP_WRITE_FIXED);
    number(all, "IORING_OP_READ", UringAbi.OP_READ);
    number(all, "IORING_OP_WRITE", UringAbi.OP_WRITE);
    number(all, "IORING_OP_URING_CMD", UringAbi.OP_URING_CMD);
    number(all, "IOSQE_FIXED_FILE", UringAbi.SQE_FIXED_FILE);
    number(all, "IOSQE_IO_LINK", UringAbi.SQE_IO_LINK);
    number(all, "IORING_FSYNC_DATASYNC", UringAbi.FSYNC_DATASYNC);
    number(all, "IORING_SETUP_IOPOLL", UringAbi.SETUP_IOPOLL);
    number(all, "IORING_SETUP_CQSIZE", UringAbi.SETUP_CQSIZE);
    number(all, "IORING_SETUP_SUBMIT_ALL", UringAbi.SETUP_SUBMIT_ALL);
    number(all, "IORING_SETUP_COOP_TASKRUN", UringAbi.SETUP_COOP_TASKRUN);
    number(all, "IORING_SETUP_TASKRUN_FLAG", UringAbi.SETUP_TASKRUN_FLAG);
    number(all, "IORING_SETUP_SQE128", UringAbi.SETUP_SQE128);
    number(all, "IORING_SETUP_CQE32", UringAbi.SETUP_CQE32);
    number(all, "IORING_FEAT_SINGLE_MMAP", UringAbi.FEAT_SINGLE_MMAP);
    number(all, "IORING_FEAT_NODROP", UringAbi.FEAT_NODROP);
    number(all, "IORING_FEAT_SUBMIT_STABLE", UringAbi.FEAT_SUBMIT_STABLE);
    number(all, "IORING_FEAT_EXT_ARG", UringAbi.FEAT_EXT_ARG);
    number(all, "IORING_ENTER_GETEVENTS", UringAbi.ENTER_GETEVENTS);
    number(all, "IORING_ENTER_EXT_ARG", UringAbi.ENTER_EXT_ARG);
    number(all, "IORING_SQ_CQ_OVERFLOW", UringAbi.SQ_CQ_OVERFLOW);
    number(all, "IORING_SQ_TASKRUN", UringAbi.SQ_TASKRUN);
    number(all, "IORING_OFF_SQ_RING", UringAbi.OFF_SQ_RING);
    number(all, "IORING_OFF_SQES", UringAbi.OFF_SQES);
    number(all, "IORING_REGISTER_BUFFERS", UringAbi.REGISTER_BUFFERS);
    number(all, "IORING_REGISTER_FILES_UPDATE", UringAbi.REGISTER_FILES_UPDATE);
    number(all, "IORING_REGISTER_FILES2", UringAbi.REGISTER_FILES2);
    number(all, "IORING_REGISTER_SYNC_CANCEL", UringAbi.REGISTER_SYNC_CANCEL);
    number(all, "IORING_RSRC_REGISTER_SPARSE", UringAbi.RSRC_REGISTER_SPARSE);
    number(all, "IORING_ASYNC_CANCEL_ALL", UringAbi.ASYNC_CANCEL_ALL);
    number(all, "IORING_ASYNC_CANCEL_ANY", UringAbi.ASYNC_CANCEL_ANY);
  }

  private static void offset(Map<String, Long> all, String struct, String field, long ours) {
    all.put("offsetof(struct " + struct + ", " + field + ")", ours);
  }

  private static void size(Map<String, Long> all, String struct, long ours) {
    all.put("sizeof(struct " + struct + ")", ours);
  }

  private static void number(Map<String, Long> all, String name, long ours) {
    all.put(name, ours);
  }

  @Test
  void layoutsAndNumbersAreThoseOfTheHeaders() throws Exception {
    assumeTrue(Files.exists(HEADER), "the kernel headers are not installed");
    assumeTrue(hasCompiler(), "there is no cc on the PATH");
    Map<String, Long> expected = expected();
    StringBuilder source = new StringBuilder();
    source.append("#include <stddef.h>\n#include <stdio.h>\n#include <sys/uio.h>\n");
    source.append("#include <linux/io_uring.h>\nint main(void) {\n");
    expected.forEach((expression, _) ->
        source.append("printf(\"%lld\\n\", (long long) (").append(expression).append("));\n"));
    source.append("return 0; }\n");
    Path program = folder.resolve("layouts");
    Path text = Files.writeString(folder.resolve("layouts.c"), source);
    run("cc", "-o", program.toString(), text.toString());
    Map<String, Long> actual = new LinkedHashMap<>();
    String[] lines = run(program.toString()).strip().split("\n", -1);
    int line = 0;
    for (String expression : expected.keySet()) {
      actual.put(expression, Long.valueOf(lines[line++]));
    }
    assertThat(expected).isEqualTo(actual).hasSizeGreaterThan(60);
  }

  private static boolean hasCompiler() {
    for (String folder : String.valueOf(System.getenv("PATH")).split(File.pathSeparator, -1)) {
      if (Files.isExecutable(Path.of(folder, "cc"))) {
        return true;
      }
    }
    return false;
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
