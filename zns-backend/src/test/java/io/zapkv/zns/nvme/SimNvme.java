package io.zapkv.zns.nvme;

import io.zapkv.ring.RingFile;
import io.zapkv.ring.pool.MemoryFile;
import io.zapkv.ring.sys.Libc;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.RingSource;
import io.zapkv.zns.ZoneCommand;
import io.zapkv.zns.ZoneCounts;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneState;
import io.zapkv.zns.ZoneStateMachine;
import io.zapkv.zns.ZoneTransition;
import io.zapkv.zns.ZonedDevice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/// A controller with one zoned namespace, which understands the bytes of commands: it is told by
/// numbers what the specification says, and shares none of them with the code under test.
///
/// It gives an append its address when it executes the command, leaves a plausible address in a
/// failed completion (A10), answers zeros for blocks that nobody wrote (D5), and sets the bit "do
/// not retry" on every failure (D7).
public final class SimNvme implements NvmePort {
  static final int FLUSH = 0x00;
  static final int WRITE = 0x01;
  static final int READ = 0x02;
  static final int COPY = 0x19;
  static final int SEND = 0x79;
  static final int RECEIVE = 0x7A;
  static final int APPEND = 0x7D;

  private static final int DNR = 0x4000;
  private static final int NSID = 7;

  /// How the next command of some kind goes wrong.
  ///
  /// @param result status or negated errno
  /// @param takesEffect whether it is done all the same
  /// @param lie what becomes of the address
  private record Fault(int opcode, int result, boolean takesEffect, LongUnaryOperator lie) {}

  private final Arena arena = Arena.ofShared();
  private final RingFile file = new MemoryFile(arena.allocate(1));
  private final Geometry geometry;
  private final ZoneState[] states;
  private final long[] pointers;
  private final MemorySegment bytes;
  private final List<Fault> faults = new ArrayList<>();

  /// The opcodes of what was executed, in order; with a plus behind it where it had FUA.
  final List<String> log = new ArrayList<>();

  // What it says of itself; to be changed before it is opened.
  int transferExponent = 5;
  int appendExponent = 2;
  boolean canCopy = true;
  boolean hasWriteCache = true;
  int metadataBytes;
  int protection;
  int zoc;
  boolean hasZones = true;
  long otherCapacity = -1;
  boolean isClosed;

  private long lastDetail;

  public SimNvme(Geometry geometry) {
    this.geometry = geometry;
    states = new ZoneState[geometry.zones()];
    Arrays.fill(states, ZoneState.EMPTY);
    pointers = new long[geometry.zones()];
    bytes =
        arena.allocate(geometry.zones() * geometry.zoneSizeBlocks() * geometry.blockBytes(), 4096);
  }

  /// Without the command Copy, and with a transfer limit for an append limit.
  public SimNvme plain() {
    canCopy = false;
    appendExponent = 0;
    transferExponent = 2;
    return this;
  }

  /// Opens the device on it.
  public ZonedDevice open(@Nullable Path staging, long seed) {
    return open(staging, seed, false);
  }

  ZonedDevice open(@Nullable Path staging, long seed, boolean readOnly) {
    return NvmeDevice.open("nvme:sim", this, rings(seed), staging, readOnly);
  }

  RingSource rings(long seed) {
    return new SimNvmeRings(this, seed);
  }

  /// The next command of this opcode fails and is not executed.
  void failNext(int opcode, int result) {
    add(new Fault(opcode, result, false, address -> address));
  }

  /// The next command of this opcode is executed, and fails.
  void failNextAfterEffect(int opcode, int result) {
    add(new Fault(opcode, result, true, address -> address));
  }

  /// The next command of this opcode is executed and succeeds, with another address.
  void lieNext(int opcode, LongUnaryOperator lie) {
    add(new Fault(opcode, 0, true, lie));
  }

  /// The next command of this opcode is not executed, and is said to have succeeded (F15).
  void loseNext(int opcode) {
    add(new Fault(opcode, 0, false, address -> address));
  }

  private synchronized void add(Fault fault) {
    faults.add(fault);
  }

  synchronized void set(int zone, ZoneState state, long pointer) {
    states[zone] = state;
    pointers[zone] = pointer;
  }

  synchronized long pointer(int zone) {
    return pointers[zone];
  }

  synchronized List<String> takeLog() {
    List<String> taken = List.copyOf(log);
    log.clear();
    return taken;
  }

  @Override
  public int namespace() {
    return NSID;
  }

  @Override
  public int transferBytesMax() {
    return 512 << 10;
  }

  @Override
  public RingFile file() {
    return file;
  }

  @Override
  public void close() {
    isClosed = true;
  }

  // --- commands

  @Override
  public synchronized int admin(MemorySegment command) {
    if (command.get(ValueLayout.JAVA_BYTE, 0) != 0x06) {
      return DNR | 0x001;
    }
    MemorySegment page = memory(command);
    switch (i32(command, 40) & 0xFF) {
      case 0x00 -> {
        page.set(ValueLayout.JAVA_LONG, 0, geometry.zones() * geometry.zoneSizeBlocks());
        page.set(ValueLayout.JAVA_BYTE, 25, (byte) 1); // two formats, the second in use
        page.set(ValueLayout.JAVA_BYTE, 26, (byte) 1);
        page.set(ValueLayout.JAVA_BYTE, 29, (byte) protection);
        page.set(ValueLayout.JAVA_SHORT, 74, (short) 4);
        page.set(ValueLayout.JAVA_INT, 76, 4);
        page.set(ValueLayout.JAVA_BYTE, 80, (byte) 3);
        page.set(ValueLayout.JAVA_SHORT, 132, (short) metadataBytes);
        page.set(
            ValueLayout.JAVA_BYTE,
            134,
            (byte) Integer.numberOfTrailingZeros(geometry.blockBytes()));
      }
      case 0x01 -> {
        byte[] serial = "sim 1".getBytes(StandardCharsets.US_ASCII);
        MemorySegment.copy(serial, 0, page, ValueLayout.JAVA_BYTE, 4, serial.length);
        page.set(ValueLayout.JAVA_BYTE, 77, (byte) transferExponent);
        page.set(ValueLayout.JAVA_SHORT, 520, (short) (canCopy ? 0x100 : 0));
        page.set(ValueLayout.JAVA_BYTE, 525, (byte) (hasWriteCache ? 1 : 0));
      }
      case 0x05 -> {
        if (!hasZones || i32(command, 44) != 2 << 24) {
          return DNR | 0x002;
        }
        page.set(ValueLayout.JAVA_SHORT, 0, (short) zoc);
        page.set(ValueLayout.JAVA_INT, 4, geometry.activeZonesMax() - 1);
        page.set(ValueLayout.JAVA_INT, 8, geometry.openZonesMax() - 1);
        page.set(ValueLayout.JAVA_LONG, 2816 + 16, geometry.zoneSizeBlocks());
      }
      case 0x06 -> page.set(ValueLayout.JAVA_BYTE, 0, (byte) appendExponent);
      default -> {
        return DNR | 0x002;
      }
    }
    return 0;
  }

  @Override
  public synchronized int io(MemorySegment command) {
    return execute(command);
  }

  /// What the completion of the last command carries beside its result.
  synchronized int execute(MemorySegment command, long[] detail) {
    int result = execute(command);
    detail[0] = lastDetail;
    return result;
  }

  private int execute(MemorySegment command) {
    int opcode = Byte.toUnsignedInt(command.get(ValueLayout.JAVA_BYTE, 0));
    boolean fua = opcode == APPEND && (i32(command, 48) & (1 << 30)) != 0;
    if (opcode != RECEIVE) {
      log.add(Integer.toHexString(opcode) + (fua ? "+" : ""));
    }
    Fault fault = null;
    for (Fault each : faults) {
      if (each.opcode == opcode) {
        fault = each;
        break;
      }
    }
    faults.remove(fault);
    lastDetail = 0;
    if (fault != null && !fault.takesEffect) {
      int zone = (int) (i64(command, 40) / geometry.zoneSizeBlocks());
      lastDetail = zone * geometry.zoneSizeBlocks() + pointers[zone];
      return fault.result;
    }
    int result = run(opcode, command);
    if (fault == null) {
      return result;
    }
    lastDetail = fault.lie.applyAsLong(lastDetail);
    return fault.result;
  }

  private int run(int opcode, MemorySegment command) {
    if (i32(command, 4) != NSID) {
      return DNR | 0x00B;
    }
    return switch (opcode) {
      case FLUSH -> 0;
      case WRITE -> write(command, i64(command, 40));
      case READ -> read(command);
      case COPY -> copy(command);
      case SEND -> manage(command);
      case RECEIVE -> report(command);
      case APPEND -> append(command);
      default -> DNR | 0x001;
    };
  }

  private int append(MemorySegment command) {
    long lba = i64(command, 40);
    long limit = 4096L << (appendExponent == 0 ? transferExponent : appendExponent);
    if (lba % geometry.zoneSizeBlocks() != 0 || i32(command, 36) > limit) {
      return DNR | 0x002;
    }
    int zone = (int) (lba / geometry.zoneSizeBlocks());
    long place = lba + pointers[zone];
    lastDetail = place;
    return write(command, place);
  }

  private int write(MemorySegment command, long lba) {
    long count = (i32(command, 48) & 0xFFFF) + 1;
    MemorySegment data = memory(command);
    if (data.byteSize() != count * geometry.blockBytes()
        || data.byteSize() > 4096L << transferExponent) {
      return DNR | 0x002;
    }
    int refusal = place(lba, count);
    if (refusal == 0) {
      MemorySegment.copy(data, 0, bytes, lba * geometry.blockBytes(), data.byteSize());
    }
    return refusal;
  }

  private int place(long lba, long count) {
    int zone = (int) (lba / geometry.zoneSizeBlocks());
    return apply(zone, new ZoneCommand.Write(lba % geometry.zoneSizeBlocks(), count));
  }

  private int apply(int zone, ZoneCommand command) {
    ZoneCounts counts =
        new ZoneCounts(
            count(ZoneState.IMPLICITLY_OPEN),
            count(ZoneState.EXPLICITLY_OPEN),
            count(ZoneState.CLOSED));
    ZoneTransition transition =
        ZoneStateMachine.apply(geometry, counts, states[zone], pointers[zone], command);
    return switch (transition) {
      case ZoneTransition.Refused(ZoneFailure why) -> DNR | status(why);
      case ZoneTransition.Moved(ZoneState state, long pointer, boolean closesAnother) -> {
        if (closesAnother) {
          states[Arrays.asList(states).indexOf(ZoneState.IMPLICITLY_OPEN)] = ZoneState.CLOSED;
        }
        states[zone] = state;
        pointers[zone] = pointer;
        yield 0;
      }
    };
  }

  private int count(ZoneState state) {
    return (int) Arrays.stream(states).filter(each -> each == state).count();
  }

  private static int status(ZoneFailure why) {
    return switch (why) {
      case BOUNDARY -> 0x1B8;
      case FULL -> 0x1B9;
      case READ_ONLY -> 0x1BA;
      case OFFLINE -> 0x1BB;
      case INVALID_WRITE -> 0x1BC;
      case TOO_MANY_ACTIVE -> 0x1BD;
      case TOO_MANY_OPEN -> 0x1BE;
      case INVALID_TRANSITION -> 0x1BF;
      case TOO_MANY_FILES, MEDIA_READ, MEDIA_WRITE, UNWRITTEN, CANCELED, TRANSPORT, PROTOCOL ->
          throw new AssertionError(why);
    };
  }

  private int read(MemorySegment command) {
    long lba = i64(command, 40);
    MemorySegment target = memory(command);
    int zone = (int) (lba / geometry.zoneSizeBlocks());
    if (states[zone] == ZoneState.OFFLINE) {
      return DNR | 0x1BB;
    }
    long count = (i32(command, 48) & 0xFFFF) + 1;
    if (target.byteSize() != count * geometry.blockBytes()
        || target.byteSize() > 4096L << transferExponent) {
      return DNR | 0x002;
    }
    for (long block = 0; block < count; block++) {
      MemorySegment piece = target.asSlice(block * geometry.blockBytes(), geometry.blockBytes());
      if (lba % geometry.zoneSizeBlocks() + block < pointers[zone]) {
        MemorySegment.copy(
            bytes, (lba + block) * geometry.blockBytes(), piece, 0, piece.byteSize());
      } else {
        piece.fill((byte) 0);
      }
    }
    return 0;
  }

  private int copy(MemorySegment command) {
    int ranges = (i32(command, 48) & 0xFF) + 1;
    MemorySegment list = memory(command);
    long total = 0;
    for (int range = 0; range < ranges; range++) {
      total += (list.get(ValueLayout.JAVA_SHORT, range * 32L + 16) & 0xFFFF) + 1;
    }
    if (!canCopy || list.byteSize() != ranges * 32L || total > 4) {
      return DNR | 0x183;
    }
    long to = i64(command, 40);
    int refusal = place(to, total);
    if (refusal != 0) {
      return refusal;
    }
    for (int range = 0; range < ranges; range++) {
      long from = list.get(ValueLayout.JAVA_LONG, range * 32L + 8);
      long count = (list.get(ValueLayout.JAVA_SHORT, range * 32L + 16) & 0xFFFF) + 1;
      MemorySegment.copy(
          bytes,
          from * geometry.blockBytes(),
          bytes,
          to * geometry.blockBytes(),
          count * geometry.blockBytes());
      to += count;
    }
    return 0;
  }

  private int manage(MemorySegment command) {
    int zone = (int) (i64(command, 40) / geometry.zoneSizeBlocks());
    return switch (i32(command, 52) & 0xFF) {
      case 1 -> apply(zone, new ZoneCommand.Close());
      case 2 -> apply(zone, new ZoneCommand.Finish());
      case 3 -> apply(zone, new ZoneCommand.Open());
      case 4 -> apply(zone, new ZoneCommand.Reset());
      default -> DNR | 0x002;
    };
  }

  private int report(MemorySegment command) {
    MemorySegment target = memory(command);
    int first = (int) (i64(command, 40) / geometry.zoneSizeBlocks());
    long told = Math.min((target.byteSize() - 64) / 64, geometry.zones() - first);
    if (target.byteSize() != (i32(command, 48) + 1L) * 4) {
      return DNR | 0x002;
    }
    target.fill((byte) 0);
    target.set(ValueLayout.JAVA_LONG, 0, told);
    for (int index = 0; index < told; index++) {
      int zone = first + index;
      long at = 64 + 64L * index;
      boolean isOdd = otherCapacity >= 0 && zone == 3;
      long start = zone * geometry.zoneSizeBlocks();
      target.set(ValueLayout.JAVA_BYTE, at, (byte) 2);
      target.set(ValueLayout.JAVA_BYTE, at + 1, (byte) (number(states[zone]) << 4));
      target.set(
          ValueLayout.JAVA_LONG, at + 8, isOdd ? otherCapacity : geometry.zoneCapacityBlocks());
      target.set(ValueLayout.JAVA_LONG, at + 16, start);
      target.set(
          ValueLayout.JAVA_LONG,
          at + 24,
          states[zone] == ZoneState.FULL ? -1 : start + pointers[zone]);
    }
    return 0;
  }

  private static int number(ZoneState state) {
    return switch (state) {
      case EMPTY -> 1;
      case IMPLICITLY_OPEN -> 2;
      case EXPLICITLY_OPEN -> 3;
      case CLOSED -> 4;
      case READ_ONLY -> 13;
      case FULL -> 14;
      case OFFLINE -> 15;
    };
  }

  private static MemorySegment memory(MemorySegment command) {
    return Libc.mapped(i64(command, 24), i32(command, 36));
  }

  private static int i32(MemorySegment command, long at) {
    return command.get(ValueLayout.JAVA_INT_UNALIGNED, at);
  }

  private static long i64(MemorySegment command, long at) {
    return command.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
  }
}
