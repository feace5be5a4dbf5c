/// A ring of plain blocking calls on a bounded pool of threads: it works wherever Java does.
///
/// [ThreadPoolRing] keeps the contract, [RingWorkers] are the threads that many rings share,
/// [CompletionInbox] is the way back to the owner. [ChannelFile] and [MemoryFile] are what such a
/// ring works on.
///
/// **Threading.** Owners call their rings; workers call files and put completions into inboxes. No
/// worker touches anything else of a ring. All waiting is done by parking; where a limit is given,
/// it is one of the machine's time.
package io.zapkv.ring.pool;
