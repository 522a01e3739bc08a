package dev.tcptop.product.support;

/**
 * The end of a run of the product.
 *
 * @param status the exit status
 */
public record Ended(int status, String stdout, String stderr) {}
