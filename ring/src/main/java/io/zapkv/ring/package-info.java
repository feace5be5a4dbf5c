/// Asynchronous reads and writes: operations go in, completions come out.
///
/// This is the room that other modules enter; the packages below it are how the same promise is
/// kept by io_uring, by a pool of threads, and by a simulator that can be replayed from its seed. A
/// caller cannot tell them apart except by their speed.
///
/// **Threading.** A ring belongs to the thread that opened it; completions are delivered there.
package io.zapkv.ring;
