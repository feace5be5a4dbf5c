package io.zapkv.zns.zonefs;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What the name of a device asks for.
///
/// @param appendBytes the largest append, or null for [MountFacts#APPEND_BYTES]
/// @param gatherMax the most appends of one write, or null for [Round#TASKS_MAX]
/// @param staging a folder that outlives the process, or null
/// @param readOnly whether nothing must be changed
public record ZonefsOptions(
    @Nullable Long appendBytes,
    @Nullable Long gatherMax,
    @Nullable Path staging,
    boolean readOnly) {}
