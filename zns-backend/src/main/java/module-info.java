import org.jspecify.annotations.NullMarked;

/// Zoned devices: what a zone may do next, and where an append landed.
@NullMarked
module io.zapkv.zns {
  requires static transitive org.jspecify;
  requires transitive io.zapkv.ring;

  exports io.zapkv.zns;
  exports io.zapkv.zns.check;
  exports io.zapkv.zns.fault;
}
