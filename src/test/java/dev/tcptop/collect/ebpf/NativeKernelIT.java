package dev.tcptop.collect.ebpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tcptop.collect.Collector.Depth;
import dev.tcptop.collect.CollectorException;
import dev.tcptop.collect.Errno;
import dev.tcptop.collect.ebpf.EbpfCollector.Settings;
import dev.tcptop.config.TcptopConfig.UdpWay;
import dev.tcptop.model.Direction;
import dev.tcptop.model.PidSource;
import dev.tcptop.model.TcpState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The boundary to C: its layout, and that wrong use throws an exception and never crashes. */
class NativeKernelIT {

  @Test
  void javaReadsARecordWhereTheCompiledProgramHasIt() throws IOException, InterruptedException {
    JsonNode record = compiledType("STRUCT", "record");
    Map<String, Integer> compiled = new LinkedHashMap<>();
    for (JsonNode member : record.get("members")) {
      compiled.put(member.get("name").asText(), member.get("bits_offset").asInt() / 8);
    }
    assertThat(Layout.RECORD).isEqualTo(record.get("size").asInt());
    assertThat(Layout.recordFields()).isEqualTo(compiled);
  }

  static Stream<Arguments> sharedEnums() {
    return Stream.of(
        arguments("pid_source", "SOURCE_", numbered(PidSource.values(), Enum::ordinal)),
        arguments("direction", "DIRECTION_", numbered(Direction.values(), Enum::ordinal)),
        arguments("tcp_state", "TCP_", numbered(TcpState.values(), TcpState::number)),
        arguments(
            "record_flag",
            "RECORD_",
            Map.of("PARTIAL", RecordView.PARTIAL, "CLOSED", RecordView.CLOSED)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("sharedEnums")
  void javaNumbersAnEnumAsTheCompiledProgramDoes(
      String name, String prefix, Map<String, Integer> java)
      throws IOException, InterruptedException {
    Map<String, Integer> compiled = new LinkedHashMap<>();
    for (JsonNode value : compiledType("ENUM", name).get("values")) {
      assertThat(value.get("name").asText()).startsWith(prefix);
      compiled.put(value.get("name").asText().substring(prefix.length()), value.get("val").asInt());
    }
    assertThat(java).isEqualTo(compiled);
  }

  private static <E extends Enum<E>> Map<String, Integer> numbered(
      E[] values, ToIntFunction<E> number) {
    return Stream.of(values).collect(Collectors.toMap(Enum::name, number::applyAsInt));
  }

  /** The description of a type in the BTF of the compiled program. */
  private static JsonNode compiledType(String kind, String name)
      throws IOException, InterruptedException {
    Process bpftool =
        new ProcessBuilder("bpftool", "-j", "btf", "dump", "file", "bpf/.output/tcptop.bpf.o")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    JsonNode types = new ObjectMapper().readTree(bpftool.getInputStream()).get("types");
    assertThat(bpftool.waitFor()).as("bpftool").isZero();
    for (JsonNode type : types) {
      if (type.get("kind").asText().equals(kind) && type.get("name").asText().equals(name)) {
        return type;
      }
    }
    throw new AssertionError("the compiled program has no " + kind + " " + name);
  }

  @Test
  void aClosedCollectorRefusesToSample() {
    EbpfCollector collector = new EbpfCollector(Settings.usual(Duration.ofSeconds(5)));
    collector.close();
    collector.close();
    assertThatThrownBy(() -> collector.sample(Depth.CHANGED, reading -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void aHandleThatIsNotOpenIsRefused() {
    for (long handle : new long[] {0, -1, 5, 64, 65, Long.MAX_VALUE, Long.MIN_VALUE}) {
      assertThat(Native.sample(handle, 1, 0)).isEqualTo(-Errno.EBADF);
      assertThat(Native.close(handle)).isEqualTo(-Errno.EBADF);
    }
  }

  @Test
  void anObjectThatIsNoProgramIsRefusedWithItsReason() {
    Object[] out = new Object[3];
    long handle = Native.open(ByteBuffer.allocateDirect(100), 4096, 16, 16, 16, 3, out);
    assertThat(handle).isNegative();
    assertThat(out[0]).isEqualTo("read the kernel program");
    assertThat((String) out[1]).isNotEmpty();
  }

  @Test
  void aBufferOnTheHeapOrNoneIsRefused() {
    Object[] out = new Object[3];
    assertThat(Native.open(ByteBuffer.allocate(100), 4096, 16, 16, 16, 3, out))
        .isEqualTo(-Errno.EINVAL);
    assertThat(Native.open(null, 4096, 16, 16, 16, 3, out)).isEqualTo(-Errno.EINVAL);
    ByteBuffer direct = ByteBuffer.allocateDirect(100);
    assertThat(Native.open(direct, 4096, 16, 16, 16, 3, new Object[2])).isEqualTo(-Errno.EINVAL);
    assertThat(Native.open(direct, 4096, 16, 16, 16, 3, null)).isEqualTo(-Errno.EINVAL);
  }

  @Test
  void aSizeThatTheKernelRefusesIsAnExceptionThatSaysSo() {
    Settings odd = new Settings(4096, 16, 16, 0, UdpWay.AUTO, Duration.ofSeconds(5));
    assertThatThrownBy(() -> new EbpfCollector(odd))
        .isInstanceOf(CollectorException.class)
        .hasMessageContaining("cannot");
  }

  @Test
  void twoCollectorsWorkBesideEachOther() {
    try (Watch one = Watch.begin();
        Watch two = Watch.begin()) {
      assertThat(one.tick().lost().none()).isTrue();
      assertThat(two.tick().lost().none()).isTrue();
    }
  }
}
