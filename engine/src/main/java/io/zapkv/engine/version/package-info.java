/// Which tables make up the store, and the journal that remembers it.
///
/// [io.zapkv.engine.version.Version] is the tables at one moment,
/// [io.zapkv.engine.version.VersionEdit] a step to the next, [io.zapkv.engine.version.Manifest] the
/// mirrored pair of metadata zones that the steps are kept in; the page is
/// `docs/formats/manifest.md`.
///
/// **Who may enter.** `read`, `write`, `compaction` and the rooms above them.
///
/// **Threading.** Versions never change; the manifest takes one edit at a time.
package io.zapkv.engine.version;
