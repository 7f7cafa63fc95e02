// A queue of bytes in one piece: filled at its end by recv, emptied from its front by a parser.
// Grows by doubling as bytes really arrive, never on a client's word, and gives a large block back once it is empty.
// Not thread-safe.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>

namespace claviger::net {

class ByteBuffer {
 public:
  static constexpr std::size_t kSmallBytes = 8 << 10;
  static constexpr std::size_t kKeptBytesMax = 64 << 10;

  [[nodiscard]] std::span<char> bytes() { return {data_.get() + begin_, end_ - begin_}; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }

  // Room for at least `min_bytes` more. May move what is there.
  std::span<char> Free(std::size_t min_bytes) {
    if (empty()) {
      begin_ = end_ = 0;
      if (capacity_ > kKeptBytesMax) Reallocate(kSmallBytes);
    }
    if (capacity_ - end_ < min_bytes) {
      const std::size_t needed = end_ - begin_ + min_bytes;
      if (needed <= capacity_) {
        std::memmove(data_.get(), data_.get() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
      } else {
        std::size_t capacity = capacity_ == 0 ? kSmallBytes : capacity_;
        while (capacity < needed) capacity *= 2;
        Reallocate(capacity);
      }
    }
    return {data_.get() + end_, capacity_ - end_};
  }
  // The first `size` bytes of the free room have been filled.
  void Commit(std::size_t size) { end_ += size; }
  void Consume(std::size_t size) { begin_ += size; }

 private:
  void Reallocate(std::size_t capacity) {
    auto larger = std::make_unique_for_overwrite<char[]>(capacity);
    if (!empty()) std::memcpy(larger.get(), data_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    data_ = std::move(larger);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace claviger::net
