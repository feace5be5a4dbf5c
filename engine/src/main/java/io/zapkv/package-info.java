/// The store as a program embeds it: open it, write to it, read from it, close it.
///
/// Start here. Everything a caller can hold is in this package or in the interfaces it implements;
/// what is behind it may change between any two versions.
///
/// **Threading.** A store may be used from any number of threads, virtual ones included.
package io.zapkv;
