// One client's connection: reads requests, hands them to the loop's handler one after another, and writes the answers.
// The same with and without TLS. Belongs to its loop's thread, but for Answer.
//
// Reading --complete--> Answering --answered--> Reading ... --last answer--> Closing --sent--> [Lingering] --> Closed
//
// A connection is owned by its loop until it closes, and by itself while an answer is due: what a handler has been
// given stays valid although the client is gone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/parser.h"
#include "net/byte_buffer.h"
#include "net/event_loop.h"
#include "net/exchange.h"
#include "net/listen.h"

namespace claviger::net {

class Connection final : public Exchange, public Pollable, public std::enable_shared_from_this<Connection> {
 public:
  // `tls` is null for a plain connection.
  Connection(EventLoop& loop, FileDescriptor socket, const sockaddr_storage& peer,
             const std::shared_ptr<const TlsContext>& tls);
  ~Connection();

  // Exchange.
  void Answer() override;
  [[nodiscard]] std::optional<TlsDetails> tls_details() const override { return tls_details_; }

  void OnEvents(std::uint32_t events) override;

  // Called by the loop, which also keeps its place among the connections here.
  std::size_t slot = 0;
  void Start();
  // Does what can be done without waiting.
  void Advance();
  void OnAnswered();
  void CheckDeadlines();
  // Closes as soon as no request is being read or answered.
  void Drain();
  void Close();

 private:
  enum class State { kReading, kAnswering, kClosing, kLingering, kClosed };
  // What the deadline is for.
  enum class Phase { kNone, kIdle, kHead, kBody, kLinger };

  // Each goes one step; false: nothing more can be done now.
  bool Read();
  bool Receive();
  bool ReceivePlain();
  bool ReceiveTls();
  bool Flush();
  bool Linger();
  bool Discard();
  // The bytes received: 0 when none are there yet, nullopt when none will follow.
  std::optional<std::size_t> ReceiveInto(std::span<char> space);

  void AdvanceOrThrow();
  // Counts what the input buffer takes beyond the usual against the server's budget. False: that is used up.
  bool AccountInput();
  void Dispatch();
  void FinishAnswer();
  void Refuse(const http::ParseError& error);
  void WaitForInput();
  void SetPhase(Phase phase);

  EventLoop* const loop_;
  const std::shared_ptr<Mailbox> mailbox_;
  FileDescriptor socket_;
  std::unique_ptr<TlsSession> tls_;
  std::optional<TlsDetails> tls_details_;
  AddressText peer_;

  State state_ = State::kReading;
  Phase phase_ = Phase::kNone;
  SteadyTime deadline_ = SteadyTime::max();
  SteadyTime write_deadline_ = SteadyTime::max();

  // Edges seen and not used up.
  bool readable_ = false;
  bool writable_ = true;
  bool peer_finished_ = false;  // The next recv may be followed by another although it did not fill its buffer.

  bool served_ = false;  // A request has been answered.
  bool continue_sent_ = false;
  bool in_handler_ = false;
  bool answered_ = false;
  bool refused_ = false;
  std::shared_ptr<Connection> self_;  // While an answer is due.

  http::RequestParser parser_;
  http::Request request_;
  http::Response response_;
  ByteBuffer in_;
  std::size_t accounted_bytes_ = 0;
  std::string out_;           // Plaintext; with TLS only until the next Flush.
  std::size_t out_sent_ = 0;  // Without TLS.
};

}  // namespace claviger::net
