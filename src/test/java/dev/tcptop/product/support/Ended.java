package dev.tcptop.product.support;

/**
 * How a run of the product ended.
 *
 * @param status its exit status
 */
public record Ended(int status, String stdout, String stderr) {}
