package dev.tcptop.stdout;

import dev.tcptop.config.TcptopConfig.Bytes;

/** Byte counts, rates and times as people read them: binary units (IEC 80000-13). */
final class Quantities {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  /** Ten digits still fit beside the human form. */
  private static final long LARGEST_BESIDE = 9_999_999_999L;

  private final Bytes style;

  Quantities(Bytes style) {
    this.style = style;
  }

  /** {@code 1.2 MiB}, {@code 1258291}, or both: {@code 1.2 MiB (1258291)}. */
  String bytes(long count) {
    return switch (style) {
      case HUMAN -> human(count);
      case RAW -> Long.toString(count);
      case BOTH ->
          count < 1024 || count > LARGEST_BESIDE ? human(count) : human(count) + " (" + count + ")";
    };
  }

  /** {@code 1.2 MiB/s} or {@code 1258291/s}. */
  String rate(long perSecond) {
    return style == Bytes.RAW ? perSecond + "/s" : human(perSecond) + "/s";
  }

  /** {@code 350 µs}, {@code 12.3 ms}, {@code 1.5 s}; {@code -} where nothing was measured. */
  static String time(long micros) {
    if (micros < 0) {
      return "-";
    }
    if (micros < 1000) {
      return micros + " µs";
    }
    double millis = micros / 1e3;
    return millis < 999.95 ? tenths(millis) + " ms" : tenths(millis / 1e3) + " s";
  }

  private static String human(long count) {
    if (count < 1024) {
      return count + " B";
    }
    double value = count;
    int unit = 0;
    // 1023.95 would be rounded up to 1024.0.
    while (value >= 1023.95 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return tenths(value) + " " + UNITS[unit];
  }

  /** With one decimal. String.format takes a third of a line's time. */
  private static String tenths(double value) {
    long tenths = Math.round(value * 10);
    return tenths / 10 + "." + tenths % 10;
  }
}
