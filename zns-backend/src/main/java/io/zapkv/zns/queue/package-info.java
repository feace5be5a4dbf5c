/// What the queues of all devices that work through a ring have in common.
///
/// A [DeviceQueue] checks what is submitted, keeps it in a [Slot] until the flush, keeps chains in
/// their order, counts and delivers; an [OperationRunner] is what one kind of device does with it.
///
/// **Who may enter.** Devices.
///
/// **Threading.** Everything of one queue belongs to its owner.
package io.zapkv.zns.queue;
