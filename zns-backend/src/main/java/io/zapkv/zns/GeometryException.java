package io.zapkv.zns;

/// The numbers of a device are wrong: impossible, contradictory, or not those it was made with.
public final class GeometryException extends ZonedDeviceException {
  private static final long serialVersionUID = 1L;

  private final String parameter;

  private GeometryException(String parameter, String message, String advice) {
    super(message, advice, null);
    this.parameter = parameter;
  }

  /// A number outside of what it may be.
  public static GeometryException outOfRange(String parameter, long found, String expected) {
    return new GeometryException(parameter, parameter + " is " + found, "it must be " + expected);
  }

  /// A parameter that cannot be understood.
  public static GeometryException unreadable(String parameter, String found, String expected) {
    return new GeometryException(
        parameter, parameter + " is \"" + found + "\"", "it must be " + expected);
  }

  /// A parameter that nobody knows, or that does not belong here.
  public static GeometryException unknown(String parameter, String known) {
    return new GeometryException(
        parameter, "there is no parameter \"" + parameter + "\" here", "there are: " + known);
  }

  /// A parameter given twice.
  public static GeometryException twice(String parameter) {
    return new GeometryException(
        parameter, "the parameter " + parameter + " is given twice", "give it once");
  }

  /// A stored device opened with other numbers than it was made with.
  public static GeometryException changed(String parameter, String stored, String found) {
    return new GeometryException(
        parameter,
        "the device was made with " + parameter + "=" + stored + ", not " + found,
        "leave "
            + parameter
            + " out or give the stored one: the geometry of a device never changes");
  }

  /// The name of the number that is wrong, as in a device's name.
  public String parameter() {
    return parameter;
  }
}
