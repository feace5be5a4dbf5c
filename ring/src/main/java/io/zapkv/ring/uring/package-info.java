/// A ring that the kernel runs: io_uring.
///
/// [UringRing] keeps the promise of [io.zapkv.ring.Ring]. [UringSetup] makes and ends what it
/// shares with the kernel, [SubmissionQueue] and [CompletionQueue] are the two halves of that, the
/// descriptors say where each field lies, [UringAbi] has the numbers, and [UringProbe] turns every
/// refusal into a sentence with its cure.
///
/// Two facts shape the room. The kernel goes on writing into buffers and queues whatever becomes of
/// the Java objects around them: so all it shares with us is mapped by hand, and unmapped only when
/// the last completion has been taken; what cannot be drained is left mapped for good. And a ring
/// of ours may change its owner: so the modes of io_uring that tie a ring to one thread are out.
///
/// **Threading.** Everything here belongs to the ring's owner.
package io.zapkv.ring.uring;
