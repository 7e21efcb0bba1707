package io.durablechat.core;

import java.util.Arrays;

/** Rising numbers: added at the end, removed at the beginning or, which costs more, in between. */
final class Sequences {
  private static final int SMALLEST = 16;

  private long[] numbers = new long[SMALLEST];
  private int start;
  private int end;

  void add(long number) {
    if (end == numbers.length) {
      makeRoom();
    }
    numbers[end++] = number;
  }

  /** Removes this number, if it is there. */
  void remove(long number) {
    int index = Arrays.binarySearch(numbers, start, end, number);
    if (index == start) {
      start++;
    } else if (index > start) {
      System.arraycopy(numbers, index + 1, numbers, index, end - index - 1);
      end--;
    }
  }

  boolean contains(long number) {
    return Arrays.binarySearch(numbers, start, end, number) >= 0;
  }

  int size() {
    return end - start;
  }

  long get(int index) {
    return numbers[start + index];
  }

  /** How many are no greater than this one. */
  int countThrough(long number) {
    int index = Arrays.binarySearch(numbers, start, end, number);
    return (index < 0 ? -index - 1 : index + 1) - start;
  }

  private void makeRoom() {
    int size = size();
    long[] target =
        size <= numbers.length / 2 ? numbers : new long[Math.max(SMALLEST, numbers.length * 2)];
    System.arraycopy(numbers, start, target, 0, size);
    numbers = target;
    start = 0;
    end = size;
  }
}
