/// What the devices that wrap another one share: their table of tokens.
///
/// Not exported. **Threading.** A table belongs to the owner of the queue it serves.
package io.zapkv.zns.wrap;
