package io.zapkv.engine.append;

import io.zapkv.api.DeviceException;
import io.zapkv.engine.append.ChunkBuffer.State;
import io.zapkv.engine.base.Invariants;
import io.zapkv.engine.format.Crc32c;
import io.zapkv.engine.format.Envelope;
import io.zapkv.engine.format.EnvelopeKind;
import io.zapkv.engine.zone.Extent;
import io.zapkv.engine.zone.ZoneFailures;
import io.zapkv.engine.zone.ZoneLease;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneHandler;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZonedDevice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Chunks out, addresses back, in whatever order the device likes (A4).
///
/// ```
///   buffer() ─► fill ─► submit() = ordinal … drain() ─► address(ordinal) … sync()
/// ```
///
/// A chunk that a zone refuses or loses is sent again to another zone, the same bytes under a new
/// envelope (F5, F6, D7); its owner does not notice. Every address is checked before it is believed
/// (A12).
///
/// **Threading.** One owner at a time; ownership may move under a lock.
///
/// **Memory.** The stream owns its buffers: one slab, made with the stream and freed with it,
/// unless its queue is lost (F18). A buffer in flight is not touched until its completion. A chunk
/// costs no allocation but its envelope's.
///
/// **Bounds.** At most `inFlightMax` chunks between [#buffer] and landing; a chunk is sent at most
/// [#SENDS_MAX] times.
///
/// **Failures.** [DeviceException] where the device fails for good or lies; the stream is then
/// poisoned and repeats it. What the [ZoneSource] throws where there is no other zone.
public final class AppendStream implements AutoCloseable {
  /// The longest chunk that anybody asks for. A device with a lower limit cannot hold a store that
  /// was written with this one.
  public static final int CHUNK_BYTES_MAX = 128 << 10;

  /* What is done about each failure stands in one switch, `afterFailure`. A failed chunk is never
   * sent from within the completion: taking another zone may wait, and what it waits for may be
   * completions of this very queue. So a completion only marks the buffer, and whoever called takes
   * care of marked buffers afterwards.
   *
   * Before another zone is leased, everything in flight is awaited (`settle`): the zone that is left
   * behind then has its last answer and is full for the device, too, and a lease that has to wait
   * for other threads cannot wait for this one. That costs one pause of an append's length for each
   * zone of tens of megabytes.
   */
  /// How often one chunk is sent before the device is given up.
  public static final int SENDS_MAX = 8;

  private static final int PAGE_BYTES = 4096;
  private static final long SYNC_TOKEN = -1;

  private final ZonedDevice device;
  private final ZoneSource zones;
  private final ZoneQueue queue;
  private final ZoneHandler completions = new Completions();
  private final Arena arena = Arena.ofShared();
  private final ChunkBuffer[] buffers;
  private final int blockBytes;
  private final int chunkBytesMax;
  private final Landings landings = new Landings();

  private ChunkStamp stamp;
  private @Nullable ZoneLease lease;
  private int failed;
  private long resends;
  private @Nullable DeviceException poison;
  private boolean closed;

  /// A stream of chunks of at most `chunkBytesMax` bytes, envelope included, or the device's
  /// largest append where that is less.
  ///
  /// @param inFlightMax buffers to fill, and so appends at once; 4 to 8 are enough (zns-facts,
  ///   throughput)
  public AppendStream(
      ZonedDevice device, ZoneSource zones, ChunkStamp stamp, int chunkBytesMax, int inFlightMax) {
    this.device = device;
    this.zones = zones;
    this.stamp = stamp;
    blockBytes = device.geometry().blockBytes();
    int wanted = Math.min(chunkBytesMax, device.geometry().appendBytesMax());
    this.chunkBytesMax = wanted / blockBytes * blockBytes;
    Invariants.check(this.chunkBytesMax > Envelope.BYTES, "a chunk is at least one block");
    // One more than the user can have, so that padding always finds one.
    buffers = slab(inFlightMax + 1);
    queue = device.openQueue(inFlightMax + 1);
  }

  private ChunkBuffer[] slab(int count) {
    long stride = Math.ceilDiv(chunkBytesMax, PAGE_BYTES) * (long) PAGE_BYTES;
    MemorySegment slab = arena.allocate(stride * count, PAGE_BYTES);
    ChunkBuffer[] made = new ChunkBuffer[count];
    for (int i = 0; i < count; i++) {
      made[i] = new ChunkBuffer(i, slab.asSlice(i * stride, chunkBytesMax), Envelope.BYTES);
    }
    return made;
  }

  /// The most payload a chunk takes.
  public int payloadBytesMax() {
    return chunkBytesMax - Envelope.BYTES;
  }

  /// Device blocks that a chunk of `payloadBytes` takes.
  public long chunkBlocks(int payloadBytes) {
    return Math.ceilDiv((long) Envelope.BYTES + payloadBytes, blockBytes);
  }

  /// Begins another file: ordinals, addresses and extents start anew, the current zone is handed
  /// back; buffers and queue stay. Nothing may be in flight, see [#drain].
  public void begin(long fileId) {
    throwIfPoisoned();
    requireLanded();
    handBack();
    stamp = new ChunkStamp(stamp.storeId(), stamp.epoch(), fileId);
    landings.begin();
  }

  /// A free buffer; waits for a completion where all are in flight.
  public ChunkBuffer buffer() {
    throwIfPoisoned();
    while (true) {
      ChunkBuffer free = free(buffers.length - 1);
      if (free != null) {
        free.state = State.FILLING;
        return free;
      }
      awaitOne();
      resendFailed();
    }
  }

  /// The first free one of the first `count` buffers.
  private @Nullable ChunkBuffer free(int count) {
    for (int i = 0; i < count; i++) {
      if (buffers[i].state == State.FREE) {
        return buffers[i];
      }
    }
    return null;
  }

  /// Blocks left in the current zone; leases one where there is none. What a table that owns its
  /// zone is cut to.
  public long remainingBlocks() {
    return remainingBlocks(chunkBytesMax / blockBytes);
  }

  /// As [#remainingBlocks()]; where a zone must be leased, one with at least `wantBlocks` left.
  public long remainingBlocks(long wantBlocks) {
    throwIfPoisoned();
    ZoneLease current = lease;
    if (current == null) {
      current = nextZone(wantBlocks);
    }
    return current.remainingBlocks();
  }

  /// Blocks left in the current zone; 0 where there is none.
  public long leftBlocks() {
    ZoneLease current = lease;
    return current == null ? 0 : current.remainingBlocks();
  }

  /// Sends the first `payloadBytes` bytes of the buffer's payload as a chunk. Waits only where
  /// another zone must be had.
  ///
  /// @return the chunk's ordinal: 0, 1, 2 … within the file
  public int submit(ChunkBuffer chunk, EnvelopeKind kind, int payloadBytes) {
    return submit(chunk, kind, 0, payloadBytes);
  }

  /// As above, with the `sequence` that a log chunk carries.
  public int submit(ChunkBuffer chunk, EnvelopeKind kind, long sequence, int payloadBytes) {
    throwIfPoisoned();
    Invariants.check(
        chunk == buffers[chunk.index] && chunk.state == State.FILLING,
        "a chunk was submitted in a buffer of another stream, or twice");
    Invariants.check(
        payloadBytes >= 0 && payloadBytes <= payloadBytesMax(), "a payload longer than a chunk");
    int ordinal = landings.expect();
    prepare(chunk, kind, ordinal, sequence, payloadBytes);
    send(chunk);
    resendFailed();
    return ordinal;
  }

  private void prepare(
      ChunkBuffer chunk, EnvelopeKind kind, int ordinal, long sequence, int payloadBytes) {
    chunk.kind = kind;
    chunk.ordinal = ordinal;
    chunk.sequence = sequence;
    chunk.payloadBytes = payloadBytes;
    chunk.payloadChecksum = Crc32c.of(chunk.chunk, Envelope.BYTES, payloadBytes);
    chunk.blocks = chunkBlocks(payloadBytes);
    chunk.sends = 0;
    chunk.failure = null;
    int end = Envelope.BYTES + payloadBytes;
    chunk.chunk.asSlice(end, chunk.blocks * blockBytes - end).fill((byte) 0);
  }

  /// Sends a prepared chunk to the current zone, or the next one where it does not fit.
  private void send(ChunkBuffer chunk) {
    chunk.failure = null;
    ZoneLease target = lease;
    if (target == null || !target.reserve(chunk.blocks)) {
      chunk.state = State.FAILED; // where no zone is to be had, it stays with the stream
      failed++;
      target = nextZone(chunk.blocks);
      // Others may share the zone and be faster.
      for (int tries = 0; !target.reserve(chunk.blocks); tries++) {
        Invariants.check(tries < SENDS_MAX, "leases without the room that was asked for");
        target = nextZone(chunk.blocks);
      }
      failed--;
    }
    chunk.lease = target;
    sendReserved(chunk);
  }

  /// Sends a chunk whose blocks are reserved under its lease.
  private void sendReserved(ChunkBuffer chunk) {
    ZoneLease target = chunk.lease();
    new Envelope(
            chunk.kind,
            stamp.storeId(),
            target.zone(),
            target.generation(),
            stamp.epoch(),
            chunk.ordinal,
            stamp.fileId(),
            chunk.sequence,
            chunk.payloadBytes,
            chunk.payloadChecksum)
        .write(chunk.chunk);
    resends += chunk.sends++ > 0 ? 1 : 0;
    chunk.state = State.IN_FLIGHT;
    MemorySegment bytes = chunk.chunk.asSlice(0, chunk.blocks * blockBytes);
    boolean queued = queue.append(target.zone(), bytes, 0, chunk.index);
    Invariants.check(queued, "the queue is as deep as there are buffers");
    queue.flush();
  }

  /// Leaves the current zone, filled up, for one with `blocks` blocks left.
  private ZoneLease nextZone(long blocks) {
    fillUp();
    settle();
    throwIfPoisoned();
    handBack();
    ZoneLease next = zones.lease(blocks);
    lease = next;
    return next;
  }

  /// Sends padding for all that is left of the current zone.
  private void fillUp() {
    ZoneLease current = lease;
    if (current == null) {
      return;
    }
    long perChunk = chunkBytesMax / blockBytes;
    for (long left = current.remainingBlocks(); left > 0; left = current.remainingBlocks()) {
      ChunkBuffer spare = free(buffers.length);
      if (spare == null && queue.outstanding() == 0) {
        return; // the rest stays, to be finished one day
      } else if (spare == null) {
        awaitOne();
      } else if (current.reserve(Math.min(left, perChunk))) {
        int payloadBytes = (int) Math.min(left, perChunk) * blockBytes - Envelope.BYTES;
        spare.chunk.asSlice(Envelope.BYTES, payloadBytes).fill((byte) 0);
        prepare(spare, EnvelopeKind.PADDING, 0, 0, payloadBytes);
        spare.lease = current;
        sendReserved(spare);
      }
    }
  }

  /// Takes what has completed, without waiting.
  public void poll() {
    queue.flush();
    queue.poll(completions, queue.depth());
    resendFailed();
  }

  /// Waits until every chunk has landed.
  public void drain() {
    throwIfPoisoned();
    while (failed > 0 || queue.outstanding() > 0) {
      resendFailed();
      awaitOne();
      throwIfPoisoned();
    }
  }

  private void awaitOne() {
    if (queue.outstanding() > 0) {
      queue.await(completions, queue.depth());
    }
  }

  /// Waits for what is in flight; failures stay marked.
  private void settle() {
    while (queue.outstanding() > 0) {
      queue.await(completions, queue.depth());
    }
  }

  private void resendFailed() {
    throwIfPoisoned();
    if (failed == 0) {
      return;
    }
    for (ChunkBuffer chunk : buffers) {
      if (chunk.state == State.FAILED) {
        failed--;
        afterFailure(chunk);
        throwIfPoisoned();
      }
    }
  }

  private void afterFailure(ChunkBuffer chunk) {
    ZoneFailure failure = chunk.failure;
    if (failure == null) { // no zone was to be had for it
      send(chunk);
      return;
    }
    boolean again =
        switch (failure) {
          // D7: nothing was written; a slot may come with the next completion.
          case TOO_MANY_OPEN, TOO_MANY_ACTIVE -> {
            awaitOne();
            yield true;
          }
          // The zone is at fault (F5 to F8, A11): its lease knows and takes no more.
          case FULL, BOUNDARY, READ_ONLY, OFFLINE, MEDIA_WRITE, TRANSPORT -> true;
          // No zone is at fault, and none would do better.
          case TOO_MANY_FILES -> false;
          // Somebody else writes here (F10), or the device answers what no append can be answered.
          case INVALID_WRITE, INVALID_TRANSITION, MEDIA_READ, UNWRITTEN, CANCELED, PROTOCOL ->
              false;
        };
    if (again && chunk.sends < SENDS_MAX && !queue.isLost()) {
      resend(chunk);
    } else {
      chunk.state = State.FREE;
      poison(ZoneFailures.exception(device.name(), chunk.lease().zone(), "an append", failure));
    }
  }

  /// Padding has no place elsewhere; anything else goes to wherever there is room.
  private void resend(ChunkBuffer chunk) {
    if (chunk.kind == EnvelopeKind.PADDING) {
      chunk.state = State.FREE;
    } else {
      send(chunk);
    }
  }

  /// How many chunks the file has so far.
  public int chunks() {
    return landings.chunks();
  }

  /// How often a chunk had to be sent again since the stream was made.
  public long resends() {
    return resends;
  }

  /// Where chunk `ordinal` landed; [ZoneAddress#NONE] while it is in flight.
  public long address(int ordinal) {
    return landings.address(ordinal);
  }

  /// Makes all that has landed survive a power cut, in every zone touched since the last time
  /// (D21). Nothing may be in flight, see [#drain]. A failure is final (F16).
  public void sync() {
    startSync();
    finishSync();
  }

  /// The first half of [#sync]: so that one thread may have the syncs of two streams under way.
  public void startSync() {
    throwIfPoisoned();
    requireLanded();
    for (int i = 0; i < landings.unsyncedCount(); i++) {
      int zone = landings.unsynced(i);
      while (!queue.sync(zone, 0, SYNC_TOKEN - zone)) {
        awaitOne();
      }
    }
    queue.flush();
  }

  /// The second half: waits.
  public void finishSync() {
    settle();
    throwIfPoisoned();
    landings.synced();
  }

  /// Fills the rest of the current zone with padding, so that it becomes full by itself (D20), and
  /// hands it back. The file's chunks have landed before, see [#drain].
  public void pad() {
    throwIfPoisoned();
    requireLanded();
    fillUp();
    drain();
    handBack();
  }

  /// Hands the current zone back: a stream that rests holds neither it nor its slot, which somebody
  /// may be waiting for. The file's chunks have landed before, see [#drain].
  public void rest() {
    requireLanded();
    handBack();
  }

  /// The zones of the file and the blocks taken in each, padding not among them. Nothing may be in
  /// flight, see [#drain].
  public List<Extent> extents() {
    requireLanded();
    return landings.extents();
  }

  /// Gives up the file: what has landed of it belongs to nobody, and its zones can be retired.
  /// Works on a poisoned stream, too.
  public void abandon() {
    settle();
    giveUpFailed();
    landings.abandon();
    handBack();
  }

  private void giveUpFailed() {
    for (ChunkBuffer chunk : buffers) {
      if (chunk.state == State.FAILED) {
        chunk.state = State.FREE;
      }
    }
    failed = 0;
  }

  private void handBack() {
    if (lease != null) {
      lease.close();
      lease = null;
    }
  }

  private void requireLanded() {
    Invariants.check(failed == 0 && queue.outstanding() == 0, "chunks are still in flight");
  }

  private void poison(DeviceException first) {
    if (poison == null) {
      poison = first;
    }
  }

  private void throwIfPoisoned() {
    if (poison != null) {
      throw new DeviceException(
          poison.where(), poison.expected(), poison.got(), poison.advice(), poison);
    }
  }

  /// Waits for what is in flight, hands the zone back and frees the buffers. Idempotent.
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      settle();
      giveUpFailed();
      handBack();
    } finally {
      queue.close();
      if (!queue.isLost()) {
        arena.close();
      }
    }
  }

  /// Takes each answer to its buffer, and nothing more.
  private final class Completions implements ZoneHandler {
    @Override
    public void onDone(long token, int bytes, long address) {
      if (token <= SYNC_TOKEN) {
        return;
      }
      ChunkBuffer chunk = buffers[(int) token];
      ZoneLease held = chunk.lease();
      boolean plausible = held.landed(ZoneAddress.block(address), chunk.blocks);
      if (address < 0
          || ZoneAddress.zone(address) != held.zone()
          || bytes != chunk.blocks * blockBytes
          || !plausible) {
        lied(chunk, held, bytes, address);
      } else if (chunk.kind != EnvelopeKind.PADDING) {
        landings.landed(chunk.ordinal, address, held, chunk.blocks);
      }
      chunk.state = State.FREE;
    }

    @Override
    public void onFailed(long token, ZoneFailure failure) {
      if (token <= SYNC_TOKEN) {
        int zone = (int) (SYNC_TOKEN - token);
        poison(ZoneFailures.exception(device.name(), zone, "a sync", failure));
        return;
      }
      ChunkBuffer chunk = buffers[(int) token];
      chunk.lease().failed(chunk.blocks, failure);
      chunk.failure = failure;
      chunk.state = State.FAILED;
      failed++;
    }
  }

  private void lied(ChunkBuffer chunk, ZoneLease held, int bytes, long address) {
    poison(
        new DeviceException(
            device.name() + ": zone " + held.zone(),
            "an append of " + chunk.blocks + " blocks to land in free blocks of this zone",
            bytes + " bytes at " + ZoneAddress.print(address),
            "trust nothing this device holds: it answers with addresses that cannot be (A12)",
            null));
  }
}
