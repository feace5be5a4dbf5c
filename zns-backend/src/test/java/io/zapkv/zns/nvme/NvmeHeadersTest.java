package io.zapkv.zns.nvme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Compares layouts and numbers with the installed kernel header, by a compiled probe.
class NvmeHeadersTest {
  private static final Path HEADER = Path.of("/usr/include/linux/nvme_ioctl.h");

  @TempDir private Path folder;

  /// What C says on the left, what we say on the right.
  private static Map<String, Long> expected() {
    Map<String, Long> all = new LinkedHashMap<>();
    for (String struct : new String[] {"nvme_passthru_cmd64", "nvme_uring_cmd"}) {
      offset(all, struct, "opcode", NvmeCommandDescriptor.OPCODE);
      offset(all, struct, "nsid", NvmeCommandDescriptor.NSID);
      offset(all, struct, "addr", NvmeCommandDescriptor.ADDR);
      offset(all, struct, "data_len", NvmeCommandDescriptor.DATA_LEN);
      offset(all, struct, "cdw10", NvmeCommandDescriptor.CDW10);
      offset(all, struct, "cdw11", NvmeCommandDescriptor.CDW11);
      offset(all, struct, "cdw12", NvmeCommandDescriptor.CDW12);
      offset(all, struct, "cdw13", NvmeCommandDescriptor.CDW13);
    }
    offset(all, "nvme_passthru_cmd64", "result", NvmeCommandDescriptor.RESULT);
    all.put("sizeof(struct nvme_passthru_cmd64)", (long) NvmeCommandDescriptor.IOCTL_BYTES);
    all.put("sizeof(struct nvme_uring_cmd)", (long) NvmeCommandDescriptor.URING_BYTES);
    all.put("NVME_IOCTL_ID", NvmeCommandDescriptor.IOCTL_ID);
    all.put("NVME_IOCTL_ADMIN64_CMD", NvmeCommandDescriptor.IOCTL_ADMIN);
    all.put("NVME_IOCTL_IO64_CMD", NvmeCommandDescriptor.IOCTL_IO);
    all.put("NVME_URING_CMD_IO", Integer.toUnsignedLong(NvmeCommandDescriptor.URING_IO));
    return all;
  }

  private static void offset(Map<String, Long> all, String struct, String field, long ours) {
    all.put("offsetof(struct " + struct + ", " + field + ")", ours);
  }

  @Test
  void layoutsAndNumbersAreThoseOfTheHeader() throws Exception {
    assumeTrue(Files.exists(HEADER), "the kernel headers are not installed");
    assumeTrue(hasCompiler(), "there is no cc on the PATH");
    Map<String, Long> expected = expected();
    StringBuilder source = new StringBuilder();
    source.append("#include <stddef.h>\n#include <stdio.h>\n#include <sys/ioctl.h>\n");
    source.append("#include <linux/nvme_ioctl.h>\nint main(void) {\n");
    expected.forEach((expression, _) ->
        source.append("printf(\"%lld\\n\", (long long) (").append(expression).append("));\n"));
    source.append("return 0; }\n");
    Path program = folder.resolve("layouts");
    Path text = Files.writeString(folder.resolve("layouts.c"), source);
    run("cc", "-o", program.toString(), text.toString());
    List<Long> actual = new ArrayList<>();
    run(program.toString()).lines().forEach(line -> actual.add(Long.valueOf(line)));
    assertThat(expected.values()).containsExactlyElementsOf(actual).hasSizeGreaterThan(20);
  }

  private static boolean hasCompiler() {
    for (String folder : String.valueOf(System.getenv("PATH")).split(File.pathSeparator, -1)) {
      if (Files.isExecutable(Path.of(folder, "cc"))) {
        return true;
      }
    }
    return false;
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
