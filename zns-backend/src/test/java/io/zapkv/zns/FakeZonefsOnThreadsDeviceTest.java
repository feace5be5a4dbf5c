package io.zapkv.zns;

import io.zapkv.ring.Rings.Choice;

/// The same with worker threads that read and sync.
class FakeZonefsOnThreadsDeviceTest extends FakeZonefsDeviceTest {
  @Override
  Choice ring() {
    return Choice.POOL;
  }
}
