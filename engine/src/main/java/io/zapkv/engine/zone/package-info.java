/// Who may write to which zone, and when a zone may be emptied.
///
/// [io.zapkv.engine.zone.ZoneAllocator] gives out [io.zapkv.engine.zone.ZoneLease]s within the
/// device's limits and takes zones back; [io.zapkv.engine.zone.ZoneLedger] counts what lives where;
/// [io.zapkv.engine.zone.ZoneControl] resets and finishes.
///
/// **Who may enter.** `append` and the rooms above it. This room sees the device, never a chunk.
///
/// **Threading.** Every type may be used by any thread; nothing slow happens under a lock.
package io.zapkv.engine.zone;
