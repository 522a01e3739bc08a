package dev.tcptop.model;

import org.jspecify.annotations.Nullable;

/**
 * The names by which people know the process of a connection.
 *
 * @param pod of the process; null outside Kubernetes
 * @param namespace of the pod
 * @param container of the process; null outside
 */
public record Naming(@Nullable String pod, @Nullable String namespace, @Nullable String container) {

  /** No name is known. */
  public static final Naming NONE = new Naming(null, null, null);
}
