/// Is it right? Random scripts that every store must answer alike, and processes that are killed.
///
/// An [OpGenerator] makes a script of [Op]s from a seed, a [DifferentialRunner] plays it on several
/// stores and finds the first answer that differs from the first store's, a [Shrinker] makes such a
/// script small, and [OpScript] writes it to a file that a test replays for ever. [CrashLoop] kills
/// a writing process again and again and checks that nothing it was promised is gone.
///
/// **Threading.** One thread, but for the processes of the crash loop.
@NullMarked
package io.zapkv.compat;

import org.jspecify.annotations.NullMarked;
