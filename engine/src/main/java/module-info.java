import org.jspecify.annotations.NullMarked;

/// The store itself: an ordered map of bytes that survives a crash.
@NullMarked
module io.zapkv.engine {
  requires static transitive org.jspecify;
  requires io.zapkv.zns;
  requires org.lz4.java;

  exports io.zapkv;
  exports io.zapkv.api;
  exports io.zapkv.engine.inspect;
}
