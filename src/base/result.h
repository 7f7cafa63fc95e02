// Expected failures are values: Expected<T, E> holds a T or says why there is none.
// Rooms name their own flavour: Result<T> in aws/error.h, StoreResult<T> in store/store.h.
// Safe to use from any thread as any plain value is.
#pragma once

#include <type_traits>
#include <utility>
#include <variant>

namespace claviger {

// Marks a failure on its way into any Expected whose error type can hold it.
template <class E>
struct Failure {
  E error;
};
template <class E>
Failure(E) -> Failure<E>;

template <class T, class E>
class [[nodiscard]] Expected {
  template <class U>
  using ConvertibleTo =
      std::enable_if_t<std::is_convertible_v<U&&, T> && !std::is_same_v<std::remove_cvref_t<U>, Expected>>;

 public:
  using Value = T;

  // NOLINTBEGIN(google-explicit-constructor): `return value;` and `return Failure{error};` must read naturally.
  Expected(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  template <class U, class = ConvertibleTo<U>>
  Expected(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  template <class F, class = std::enable_if_t<std::is_constructible_v<E, F>>>
  Expected(Failure<F> failure) : state_(std::in_place_index<1>, std::move(failure.error)) {}
  // NOLINTEND(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // REQUIRES: ok().
  T& value() & { return *std::get_if<0>(&state_); }
  const T& value() const& { return *std::get_if<0>(&state_); }
  T&& value() && { return std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // REQUIRES: !ok().
  [[nodiscard]] const E& error() const& { return *std::get_if<1>(&state_); }
  [[nodiscard]] E&& error() && { return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, E> state_;
};

template <class E>
class [[nodiscard]] Expected<void, E> {
 public:
  using Value = void;

  Expected() = default;
  // NOLINTBEGIN(google-explicit-constructor): as above.
  template <class F, class = std::enable_if_t<std::is_constructible_v<E, F>>>
  Expected(Failure<F> failure) : state_(std::in_place_index<1>, std::move(failure.error)) {}
  // NOLINTEND(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  void value() const {}

  // REQUIRES: !ok().
  [[nodiscard]] const E& error() const& { return *std::get_if<1>(&state_); }
  [[nodiscard]] E&& error() && { return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<std::monostate, E> state_;
};

}  // namespace claviger

// TRY(expression) yields the expression's value, or returns its failure from the enclosing function.
// One per line, so that a reader sees every way out.
#define TRY(...) CLAVIGER_TRY(CLAVIGER_TRY_NAME(__COUNTER__), __VA_ARGS__)
#define CLAVIGER_TRY(result, ...)                                            \
  __extension__({                                                            \
    auto&& result = (__VA_ARGS__);                                           \
    if (!result.ok()) return ::claviger::Failure{std::move(result).error()}; \
    std::move(result).value();                                               \
  })
// A name of its own for each use, so that one may stand in another's argument.
#define CLAVIGER_TRY_NAME(number) CLAVIGER_TRY_JOIN(try_result_, number)
#define CLAVIGER_TRY_JOIN(left, right) left##right
