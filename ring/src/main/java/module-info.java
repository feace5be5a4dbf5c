import org.jspecify.annotations.NullMarked;

/// Asynchronous I/O for the rest of the house: the only module that calls the operating system.
@NullMarked
module io.zapkv.ring {
  requires static transitive org.jspecify;

  exports io.zapkv.ring;
  exports io.zapkv.ring.pool;
  exports io.zapkv.ring.sim;
  exports io.zapkv.ring.sys;
}
