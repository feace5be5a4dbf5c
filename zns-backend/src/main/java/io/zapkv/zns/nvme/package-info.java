/// NVMe zoned namespaces through the generic character device, `/dev/ngXnY`: the device chooses the
/// place of an append, and its completion says which.
///
/// [NvmeDevices] is the door. [NvmeNode] holds the node and its locks; [IdentifyReader] and
/// [ZoneReportReader] read what the device says of itself, [NvmeGeometry] makes numbers of it.
/// [NvmeRunner] turns operations into commands ([NvmeCommandDescriptor]) and statuses
/// ([NvmeStatus]) into failures; [NvmeZones] checks every answer against all earlier ones (A12).
/// [SelfTest] has the device show on an empty zone that it can be believed.
///
/// Data go by io_uring (`IORING_OP_URING_CMD`), so that the whole 64-bit address comes back (D12);
/// what is asked rarely goes by `ioctl`.
///
/// **Who may enter.** [io.zapkv.zns.ZonedDevices].
package io.zapkv.zns.nvme;
