/// Calls of the operating system, and files on raw descriptors: no other package makes a downcall.
///
/// [Libc] has the calls, [CallState] the errno of the last one, [NativeAccess] says whether they
/// may be made at all. [LinuxFile] is an open file or device on top of them.
///
/// **Who may enter.** The rings, and devices that need a descriptor's own commands. All ask
/// [NativeAccess] first: initialising [Libc] in a program that was not started with
/// `--enable-native-access` prints a warning of the JVM's that nobody asked for.
package io.zapkv.ring.sys;
