/// Wires the rooms into a store, and owns what works in the background.
///
/// [io.zapkv.engine.core.Engine] is the store. [io.zapkv.engine.core.Foundation] is what it stands
/// on: device, manifest, zones, cache, gates; opened first, closed last.
/// [io.zapkv.engine.core.Recovery] brings back what a crash left. Three lanes work behind: flush,
/// compaction, reclaim. `Store` wires them; `Lanes` says whether waiting for them has an end,
/// `RoomForecast` what room there will be, and `BackPressure` makes writes feel both.
///
/// **Who may enter.** `io.zapkv` opens stores; `inspect` draws its maps and tells its failures as
/// this room does. Nobody else.
///
/// **Threading.** Callers run commits and reads themselves; each lane is one thread, from
/// [io.zapkv.engine.base.Env].
package io.zapkv.engine.core;
