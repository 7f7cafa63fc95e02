#include "net/connection.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <span>
#include <utility>

#include "http/writer.h"

namespace claviger::net {
namespace {

constexpr std::size_t kReceiveBytesMin = 2 << 10;
// Answers to pipelined requests are sent together up to this size.
constexpr std::size_t kOutputBytesMax = 64 << 10;
// A larger buffer is not kept for the next answer.
constexpr std::size_t kKeptBytesMax = 64 << 10;
// One connection's turn: then the others have theirs.
constexpr int kStepsMax = 64;
// Neither direction works any more.
constexpr std::uint32_t kGone = EPOLLERR | EPOLLHUP;

void TrimBuffer(std::string& buffer) {
  if (buffer.capacity() > kKeptBytesMax) std::string().swap(buffer);
}

}  // namespace

Connection::Connection(EventLoop& loop, FileDescriptor socket, const sockaddr_storage& peer,
                       const std::shared_ptr<const TlsContext>& tls)
    : Exchange(request_, response_),
      loop_(&loop),
      mailbox_(loop.mailbox()),
      socket_(std::move(socket)),
      tls_(tls == nullptr ? nullptr : std::make_unique<TlsSession>(*tls)),
      parser_(loop.shared().options.limits) {
  request_.source_ip = WriteAddress(peer, peer_);
  request_.secure = tls_ != nullptr;
}

Connection::~Connection() = default;

void Connection::Start() {
  loop_->shared().open_connections.fetch_add(1, std::memory_order_relaxed);
  SetPhase(Phase::kHead);
  if (!loop_->Watch(socket_.get(), EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, this)) Close();
}

void Connection::Close() {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  SetPhase(Phase::kNone);
  write_deadline_ = SteadyTime::max();
  socket_.Close();
  loop_->shared().open_connections.fetch_sub(1, std::memory_order_relaxed);
  loop_->shared().large_buffer_bytes.fetch_sub(std::exchange(accounted_bytes_, 0), std::memory_order_relaxed);
  loop_->Remove(*this);
}

void Connection::OnEvents(std::uint32_t events) {
  if ((events & (kGone | EPOLLRDHUP)) != 0) peer_finished_ = true;
  if ((events & (kGone | EPOLLRDHUP | EPOLLIN)) != 0) readable_ = true;
  if ((events & (kGone | EPOLLOUT)) != 0) writable_ = true;
  // A client that only finished sending still wants its answer; one that has gone altogether does not.
  if (state_ == State::kAnswering && (events & kGone) != 0) return Close();
  Advance();
}

void Connection::Advance() {
  try {
    AdvanceOrThrow();
  } catch (const std::exception& e) {
    // Memory has run out, most likely; this connection gives back what it holds.
    loop_->shared().Log(std::string("a connection failed unexpectedly: ") + e.what());
    Close();
  }
  // Gone while its answer was due: this was what kept it.
  if (state_ == State::kClosed && answered_) self_.reset();
}

void Connection::AdvanceOrThrow() {
  for (int step = 0; step < kStepsMax; ++step) {
    bool advanced = false;
    switch (state_) {
      case State::kReading:
        advanced = Read();
        break;
      case State::kAnswering:
        if (answered_) {
          FinishAnswer();
          advanced = true;
        } else {
          Flush();
        }
        break;
      case State::kClosing:
        advanced = Flush() && Linger();
        break;
      case State::kLingering:
        advanced = Discard();
        break;
      case State::kClosed:
        break;
    }
    if (!advanced) break;
    if (step + 1 == kStepsMax) loop_->Defer(shared_from_this());
  }
}

// ---- Reading ----

bool Connection::Read() {
  switch (parser_.Parse(in_.bytes())) {
    case http::RequestParser::Progress::kComplete:
      if (out_.size() >= kOutputBytesMax && !Flush()) return false;
      Dispatch();
      return true;
    case http::RequestParser::Progress::kFailed:
      Refuse(parser_.error());
      return true;
    case http::RequestParser::Progress::kNeedsMore:
      break;
  }
  if (parser_.awaits_continue() && !continue_sent_) {
    out_.append(http::kContinue);
    continue_sent_ = true;
  }
  // Who does not take answers gets no further requests read.
  if (!Flush()) return false;
  WaitForInput();
  if (Receive()) {
    if (!AccountInput()) Refuse({503, "too many large requests at once"});
    return true;
  }
  if (state_ == State::kReading && loop_->stopping() && in_.empty()) Close();
  return false;
}

void Connection::WaitForInput() {
  Phase phase = Phase::kHead;
  if (parser_.head_complete()) {
    phase = Phase::kBody;
  } else if (in_.empty() && served_) {
    phase = Phase::kIdle;
  }
  if (phase != phase_) SetPhase(phase);
}

bool Connection::AccountInput() {
  const std::size_t bytes = in_.capacity() > ByteBuffer::kKeptBytesMax ? in_.capacity() : 0;
  if (bytes == accounted_bytes_) return true;
  Shared& shared = loop_->shared();
  // Unsigned arithmetic: the difference may go either way.
  const std::size_t difference = bytes - std::exchange(accounted_bytes_, bytes);
  const std::size_t total = shared.large_buffer_bytes.fetch_add(difference, std::memory_order_relaxed) + difference;
  return bytes == 0 || total <= shared.options.large_buffer_bytes_max;
}

bool Connection::Receive() { return tls_ == nullptr ? ReceivePlain() : ReceiveTls(); }

std::optional<std::size_t> Connection::ReceiveInto(std::span<char> space) {
  if (!readable_) return 0;
  const ssize_t size = ::recv(socket_.get(), space.data(), space.size(), 0);
  if (size > 0) {
    // What arrives from now on makes a new edge. Only the end has perhaps made its own already.
    if (static_cast<std::size_t>(size) < space.size() && !peer_finished_) readable_ = false;
    return static_cast<std::size_t>(size);
  }
  if (size < 0 && errno == EINTR) return ReceiveInto(space);
  if (size < 0 && errno == EAGAIN) {
    readable_ = false;
    return 0;
  }
  return std::nullopt;
}

bool Connection::ReceivePlain() {
  if (!readable_) return false;
  const std::optional<std::size_t> size = ReceiveInto(in_.Free(kReceiveBytesMin));
  if (!size.has_value()) {
    Close();
    return false;
  }
  in_.Commit(*size);
  return *size > 0;
}

bool Connection::ReceiveTls() {
  while (true) {
    std::size_t size = 0;
    const TlsSession::Outcome outcome = tls_->Read(in_.Free(kReceiveBytesMin), size);
    in_.Commit(size);
    if (outcome == TlsSession::Outcome::kBytes) {
      if (!tls_details_.has_value()) {
        tls_details_ = tls_->Details();
        request_.tls_version = tls_details_->version;
        request_.tls_cipher_suite = tls_details_->cipher_suite;
      }
      return true;
    }
    // Handshake messages and alerts.
    if (!Flush()) return false;
    if (outcome != TlsSession::Outcome::kNeedsInput) break;
    const std::span<char> scratch = loop_->scratch();
    const std::optional<std::size_t> received = ReceiveInto(scratch);
    if (!received.has_value()) break;
    if (*received == 0) return false;
    tls_->Feed({scratch.data(), *received});
  }
  Close();
  return false;
}

// ---- Answering ----

void Connection::Dispatch() {
  parser_.Fill(in_.bytes(), request_);
  response_.Clear();
  SetPhase(Phase::kNone);
  state_ = State::kAnswering;
  answered_ = false;
  self_ = shared_from_this();
  in_handler_ = true;
  try {
    loop_->handler().Handle(*this);
  } catch (const std::exception& e) {
    loop_->shared().Log(std::string("a request failed unexpectedly: ") + e.what());
    Refuse({500, "the server failed unexpectedly"});
  } catch (...) {
    loop_->shared().Log("a request failed unexpectedly");
    Refuse({500, "the server failed unexpectedly"});
  }
  in_handler_ = false;
}

void Connection::Answer() {
  if (EventLoop::Current() == mailbox_.get()) {
    answered_ = true;
    // Answered from another request's handler, or a task: its turn comes when they are done.
    if (!in_handler_) loop_->Defer(shared_from_this());
    return;
  }
  if (!mailbox_->Answered(this)) {
    // The server has stopped, and this was the last reference.
    const std::shared_ptr<Connection> last = std::move(self_);
  }
}

void Connection::OnAnswered() {
  const std::shared_ptr<Connection> alive = shared_from_this();
  answered_ = true;
  Advance();
}

void Connection::FinishAnswer() {
  const bool keep_alive = parser_.keep_alive() && !loop_->stopping();
  http::AppendResponse(response_,
                       {.date = loop_->date(),
                        .head_request = request_.method == "HEAD",
                        .minor_version = parser_.minor_version(),
                        .keep_alive = keep_alive},
                       out_);
  TrimBuffer(response_.body);
  in_.Consume(parser_.size());
  parser_.Reset();
  served_ = true;
  continue_sent_ = false;
  state_ = keep_alive ? State::kReading : State::kClosing;
  self_.reset();
}

// The answer to what cannot be served. Where the next request would begin is unknown, so this is the last one.
void Connection::Refuse(const http::ParseError& error) {
  self_.reset();
  SetPhase(Phase::kNone);
  response_.Clear();
  response_.status = error.status;
  try {
    loop_->handler().RenderError(error, response_);
  } catch (...) {
    loop_->shared().Log("an error could not be rendered");
    response_.Clear();
    response_.status = error.status;
  }
  http::AppendResponse(response_, {.date = loop_->date(), .keep_alive = false}, out_);
  refused_ = true;
  state_ = State::kClosing;
}

// ---- Sending ----

bool Connection::Flush() {
  if (tls_ != nullptr && !out_.empty()) {
    if (!tls_->Write(out_)) {
      Close();
      return false;
    }
    out_.clear();
    TrimBuffer(out_);
  }
  while (true) {
    const std::string_view left = tls_ != nullptr ? tls_->Output() : std::string_view(out_).substr(out_sent_);
    if (left.empty()) break;
    if (!writable_) return false;
    const ssize_t size = ::send(socket_.get(), left.data(), left.size(), MSG_NOSIGNAL);
    if (size >= 0) {
      if (tls_ != nullptr) {
        tls_->ConsumeOutput(static_cast<std::size_t>(size));
      } else {
        out_sent_ += static_cast<std::size_t>(size);
      }
    } else if (errno == EAGAIN) {
      writable_ = false;
      if (write_deadline_ == SteadyTime::max()) {
        write_deadline_ = loop_->now() + loop_->shared().options.timeouts.write;
      }
      return false;
    } else if (errno != EINTR) {
      Close();
      return false;
    }
  }
  write_deadline_ = SteadyTime::max();
  if (tls_ == nullptr) {
    out_.clear();
    out_sent_ = 0;
    TrimBuffer(out_);
  }
  return true;
}

// Everything is sent. A client that may be sending still has to be listened to: closing now would reset the connection
// and perhaps destroy the answer on its way.
bool Connection::Linger() {
  if (tls_ != nullptr) {
    tls_->Finish();
    if (!Flush()) return false;
  }
  if (!refused_ && in_.empty() && !readable_) {
    Close();
    return false;
  }
  ::shutdown(socket_.get(), SHUT_WR);
  state_ = State::kLingering;
  SetPhase(Phase::kLinger);
  return true;
}

bool Connection::Discard() {
  const std::optional<std::size_t> size = ReceiveInto(loop_->scratch());
  if (!size.has_value()) Close();
  return size.value_or(0) > 0;
}

// ---- Time ----

void Connection::SetPhase(Phase phase) {
  phase_ = phase;
  const Timeouts& timeouts = loop_->shared().options.timeouts;
  switch (phase) {
    case Phase::kNone:
      deadline_ = SteadyTime::max();
      break;
    case Phase::kIdle:
      deadline_ = loop_->now() + timeouts.idle;
      break;
    case Phase::kHead:
      deadline_ = loop_->now() + timeouts.head;
      break;
    case Phase::kBody:
      deadline_ = loop_->now() + timeouts.body;
      break;
    case Phase::kLinger:
      deadline_ = loop_->now() + timeouts.linger;
      break;
  }
}

void Connection::CheckDeadlines() {
  const SteadyTime now = loop_->now();
  if (now >= write_deadline_) return Close();
  if (now < deadline_) return;
  const bool reading = phase_ == Phase::kHead || phase_ == Phase::kBody;
  if (!reading || in_.empty()) return Close();
  Refuse({408, "the request did not arrive in time"});
  Advance();
}

void Connection::Drain() {
  if (state_ != State::kReading) return;
  // A last look at what may have arrived meanwhile.
  readable_ = true;
  Advance();
}

}  // namespace claviger::net
