/// Zoned devices, as the engine sees them: zones are appended to, read, finished and reset.
///
/// An append names a zone and not a place. The device chooses the place and says so in the
/// completion, and that answer is the only source of an address: nobody adds to one, and nobody
/// guesses one (append contract, A1 to A12).
///
/// There are only a few types. [ZonedDevices] opens a [ZonedDevice] by its name; the device says
/// what it is made of ([Geometry], [ZoneReport]) and opens [ZoneQueue]s, through which all work
/// goes; a [ZoneHandler] takes the answers. [ZoneStateMachine] is the rule book of one zone.
///
/// **Threading.** Any thread may ask a device; a queue has one owner at a time. Several queues may
/// append to one zone at once (S1).
package io.zapkv.zns;
