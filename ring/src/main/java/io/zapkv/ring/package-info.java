/// Asynchronous reads and writes: operations go in, completions come out.
///
/// This is the room that other modules enter. [Ring] is the promise, [RingFile] what it works on,
/// [CompletionHandler] where results arrive, [Clock] the only source of time. The packages below it
/// keep the promise: by a pool of threads on ordinary files, and by a simulator that can be
/// replayed from its seed. A caller cannot tell them apart except by their speed.
///
/// **Threading.** A ring has one owner at a time; completions are delivered on the thread that
/// polls.
package io.zapkv.ring;
