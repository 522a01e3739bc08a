package dev.tcptop.format;

import dev.tcptop.config.TcptopConfig.Bytes;

/** Byte counts, rates and times as people read them: binary units (IEC 80000-13). */
public final class Quantities {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  /** Ten digits still fit beside the human form. */
  private static final long LARGEST_BESIDE = 9_999_999_999L;

  private final Bytes style;

  public Quantities(Bytes style) {
    this.style = style;
  }

  /** Adds {@code 1.2 MiB}, {@code 1258291}, or both: {@code 1.2 MiB (1258291)}. */
  StringBuilder bytes(StringBuilder out, long count) {
    if (style == Bytes.RAW) {
      return out.append(count);
    }
    human(out, count);
    return style == Bytes.BOTH && count >= 1024 && count <= LARGEST_BESIDE
        ? out.append(" (").append(count).append(')')
        : out;
  }

  /** Adds {@code 1.2 MiB/s} or {@code 1258291/s}. */
  StringBuilder rate(StringBuilder out, long perSecond) {
    return (style == Bytes.RAW ? out.append(perSecond) : human(out, perSecond)).append("/s");
  }

  /** Adds {@code 350 µs}, {@code 12.3 ms}, {@code 1.5 s}; {@code -} where none was measured. */
  static StringBuilder time(StringBuilder out, long micros) {
    if (micros < 0) {
      return out.append('-');
    }
    if (micros < 1000) {
      return out.append(micros).append(" µs");
    }
    double millis = micros / 1e3;
    return millis < 999.95
        ? tenths(out, millis).append(" ms")
        : tenths(out, millis / 1e3).append(" s");
  }

  private static StringBuilder human(StringBuilder out, long count) {
    if (count < 1024) {
      return out.append(count).append(" B");
    }
    double value = count;
    int unit = 0;
    // 1023.95 would be rounded up to 1024.0.
    while (value >= 1023.95 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return tenths(out, value).append(' ').append(UNITS[unit]);
  }

  /** With one decimal. String.format takes a third of a line's time. */
  private static StringBuilder tenths(StringBuilder out, double value) {
    long tenths = Math.round(value * 10);
    return out.append(tenths / 10).append('.').append(tenths % 10);
  }
}
