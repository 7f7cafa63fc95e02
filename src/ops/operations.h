// The operations that are implemented: a table from the model's description to a plain function.
// Filled once at start-up by main; read-only and safe from any thread afterwards.
#pragma once

#include <functional>
#include <memory>
#include <unordered_map>
#include <utility>

#include "aws/error.h"
#include "aws/shape.h"
#include "ops/context.h"

namespace claviger::ops {

// One request being answered: its typed request and, after Run, its typed response.
class Call {
 public:
  virtual ~Call() = default;
  virtual void* request() = 0;         // Points to the operation's Request.
  virtual const void* response() = 0;  // Points to the operation's Response; meaningful after a Run that succeeded.
  virtual Result<> Run(OperationContext& context) = 0;
};

class Operations {
 public:
  // `Operation` is a descriptor of gen/<service>/operations.h.
  template <class Operation>
  using Function = Result<typename Operation::Response>(OperationContext&, const typename Operation::Request&);

  template <class Operation>
  void Add(Function<Operation>* function) {
    makers_[&Operation::Info()] = [function]() -> std::unique_ptr<Call> {
      return std::make_unique<TypedCall<Operation>>(function);
    };
  }

  // nullptr when the operation is not implemented.
  [[nodiscard]] std::unique_ptr<Call> NewCall(const OperationInfo& operation) const {
    const auto maker = makers_.find(&operation);
    return maker == makers_.end() ? nullptr : maker->second();
  }

  [[nodiscard]] bool Implements(const OperationInfo& operation) const { return makers_.contains(&operation); }

 private:
  template <class Operation>
  class TypedCall final : public Call {
   public:
    explicit TypedCall(Function<Operation>* function) : function_(function) {}
    void* request() override { return &request_; }
    const void* response() override { return &response_; }
    Result<> Run(OperationContext& context) override {
      response_ = TRY(function_(context, request_));
      return {};
    }

   private:
    Function<Operation>* function_;
    typename Operation::Request request_;
    typename Operation::Response response_;
  };

  std::unordered_map<const OperationInfo*, std::function<std::unique_ptr<Call>()>> makers_;
};

}  // namespace claviger::ops
