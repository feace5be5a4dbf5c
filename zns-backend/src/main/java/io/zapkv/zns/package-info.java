/// Zoned devices, as the engine sees them: zones are appended to, read, finished and reset.
///
/// An append names a zone and not a place. The device chooses the place and says so in the
/// completion, and that answer is the only source of an address: nobody adds to one, and nobody
/// guesses one.
///
/// **Threading.** A device is used by the thread that owns its ring.
package io.zapkv.zns;
