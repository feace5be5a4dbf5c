/// What every ring in Java shares: the slots of its operations and the queue in front of it.
///
/// [Operation] is one slot, used over and over; [Submissions] owns all slots of a ring, refuses
/// what does not fit, cuts the queue into chains and delivers completions. A ring adds only *when*
/// and *where* an operation runs. The package is not exported: only the rings enter.
///
/// **Threading.** All of it belongs to the ring's owner, but for the operations of a chain between
/// [Submissions#takeChain] and their completion: those belong to whoever runs them, and the ring
/// orders the two hand-overs.
package io.zapkv.ring.op;
