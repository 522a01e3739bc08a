package dev.tcptop.config;

import dev.tcptop.config.TcptopConfig.Bytes;
import dev.tcptop.config.TcptopConfig.Color;
import dev.tcptop.config.TcptopConfig.UdpWay;
import dev.tcptop.query.Filter;
import java.time.Duration;
import org.eclipse.microprofile.config.spi.Converter;

/**
 * The converters that {@link TcptopConfig} names: SmallRye Config creates each by its class. It
 * could call a type's {@code parse} method without a converter, but would then hide the parser's
 * message.
 */
final class Converters {
  private static final int SMALLEST_RING = 4096;
  private static final int LARGEST_RING = 1 << 30;
  private static final int MOST_ENTRIES = 1 << 22;
  private static final int MOST_SUBSCRIBERS = 100_000;
  private static final int MOST_PROCESSES = 1_000;

  private Converters() {}

  public static final class OfInterval implements Converter<Duration> {
    @Override
    public Duration convert(String text) {
      return Interval.parse(text);
    }
  }

  public static final class OfBytes implements Converter<Bytes> {
    @Override
    public Bytes convert(String text) {
      return Bytes.parse(text);
    }
  }

  public static final class OfColor implements Converter<Color> {
    @Override
    public Color convert(String text) {
      return Color.parse(text);
    }
  }

  public static final class OfUdpWay implements Converter<UdpWay> {
    @Override
    public UdpWay convert(String text) {
      return Text.word(UdpWay.class, text);
    }
  }

  public static final class OfFilter implements Converter<Filter> {
    @Override
    public Filter convert(String text) {
      return Filter.parse(text);
    }
  }

  public static final class OfListen implements Converter<Listen> {
    @Override
    public Listen convert(String text) {
      return Listen.parse(text);
    }
  }

  public static final class OfUser implements Converter<SystemUser> {
    @Override
    public SystemUser convert(String text) {
      return SystemUser.parse(text);
    }
  }

  public static final class OfFlag implements Converter<Boolean> {
    @Override
    public Boolean convert(String text) {
      return Text.flag(text);
    }
  }

  public static final class OfHost implements Converter<String> {
    @Override
    public String convert(String text) {
      return Text.host(text);
    }
  }

  public static final class OfSubscribers implements Converter<Integer> {
    @Override
    public Integer convert(String text) {
      return Text.number(1, MOST_SUBSCRIBERS, text);
    }
  }

  public static final class OfProcesses implements Converter<Integer> {
    @Override
    public Integer convert(String text) {
      return Text.number(0, MOST_PROCESSES, text);
    }
  }

  public static final class OfEntries implements Converter<Integer> {
    @Override
    public Integer convert(String text) {
      return Text.number(1, MOST_ENTRIES, text);
    }
  }

  public static final class OfRingBytes implements Converter<Integer> {
    @Override
    public Integer convert(String text) {
      return Text.powerOfTwo(SMALLEST_RING, LARGEST_RING, text);
    }
  }
}
