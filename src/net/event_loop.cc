#include "net/event_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <string>
#include <system_error>
#include <utility>

#include "net/connection.h"

namespace claviger::net {
namespace {

constexpr int kEventsMax = 256;
constexpr int kAcceptsAtOnce = 64;

thread_local const Mailbox* current_mailbox = nullptr;

int Checked(int fd, const char* what) {
  if (fd < 0) throw std::system_error(errno, std::generic_category(), what);
  return fd;
}

}  // namespace

// ---- Mailbox ----

Mailbox::Mailbox() : wake_(Checked(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")) {}

void Mailbox::Post(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  contents_.tasks.push_back(std::move(task));
  Wake();
}

bool Mailbox::Answered(Connection* connection) {
  const std::lock_guard lock(mutex_);
  if (closed_) return false;
  contents_.answered.push_back(connection);
  Wake();
  return true;
}

// One signal for all mail that waits: whoever comes second finds the loop awake or on its way.
void Mailbox::Wake() {
  if (contents_.tasks.size() + contents_.answered.size() != 1) return;
  const std::uint64_t one = 1;
  // It cannot fail: the counter is read before it is increased again.
  [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
}

Mailbox::Contents Mailbox::Take() {
  std::uint64_t count = 0;
  const std::lock_guard lock(mutex_);
  [[maybe_unused]] const auto read = ::read(wake_.get(), &count, sizeof count);
  return std::exchange(contents_, {});
}

void Mailbox::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

// ---- Acceptor ----

Acceptor::Acceptor(EventLoop& loop, FileDescriptor socket, Transport transport)
    : loop_(loop), socket_(std::move(socket)), transport_(transport) {
  if (!loop_.Watch(socket_.get(), EPOLLIN | EPOLLET, this)) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
}

void Acceptor::OnEvents(std::uint32_t) {
  more_ = true;
  if (!paused_) Resume();
}

void Acceptor::Resume() {
  paused_ = false;
  for (int i = 0; more_ && i < kAcceptsAtOnce; ++i) {
    if (!AcceptOne()) {
      paused_ = true;
      return;
    }
  }
  if (more_) loop_.DeferAccept();
}

bool Acceptor::AcceptOne() {
  if (!socket_.valid()) {
    more_ = false;
    return true;
  }
  Shared& shared = loop_.shared();
  // Whoever comes now waits in the kernel's queue.
  if (shared.open_connections.load(std::memory_order_relaxed) >= shared.options.connections_max) return false;
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  FileDescriptor fd(
      ::accept4(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (fd.valid()) {
    starved_ = false;
    loop_.Add(std::make_shared<Connection>(loop_, std::move(fd), address,
                                           transport_ == Transport::kTls ? shared.tls() : nullptr));
    return true;
  }
  switch (errno) {
    case EAGAIN:
      more_ = false;
      return true;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      if (!std::exchange(starved_, true)) {
        shared.Log("cannot accept a connection: " + std::generic_category().message(errno));
      }
      return false;
    default:  // The client's own trouble, e.g. ECONNABORTED.
      return true;
  }
}

// ---- EventLoop ----

EventLoop::EventLoop(std::size_t index, Shared& shared)
    : index_(index),
      shared_(shared),
      mailbox_(std::make_shared<Mailbox>()),
      epoll_(Checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      scratch_(std::make_unique_for_overwrite<char[]>(kScratchBytes)),
      waker_(*this),
      now_(shared.options.steady_now()),
      next_tick_(std::chrono::steady_clock::now() + kTick) {
  if (!Watch(mailbox_->wake_fd(), EPOLLIN, &waker_)) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
}

EventLoop::~EventLoop() = default;

const Mailbox* EventLoop::Current() { return current_mailbox; }

void EventLoop::AddListener(FileDescriptor socket, Transport transport) {
  acceptors_.push_back(std::make_unique<Acceptor>(*this, std::move(socket), transport));
}

void EventLoop::Run() {
  current_mailbox = mailbox_.get();
  while (!Finished()) RunOnce();
  Finish();
  current_mailbox = nullptr;
}

void EventLoop::RunOnce() {
  using std::chrono::milliseconds;
  int wait_ms = 0;
  if (deferred_.empty() && !accept_again_) {
    const auto left = std::chrono::ceil<milliseconds>(next_tick_ - std::chrono::steady_clock::now()).count();
    wait_ms = static_cast<int>(std::clamp<milliseconds::rep>(left, 0, kTick.count()));
  }
  std::array<epoll_event, kEventsMax> events;
  const int count = ::epoll_wait(epoll_.get(), events.data(), kEventsMax, wait_ms);
  now_ = shared_.options.steady_now();
  for (int i = 0; i < count; ++i) {
    Guard([&event = events[static_cast<std::size_t>(i)]] {
      static_cast<Pollable*>(event.data.ptr)->OnEvents(event.events);
    });
  }
  RunDeferred();
  if (std::chrono::steady_clock::now() >= next_tick_) RunTick();
  closed_.clear();
}

void EventLoop::RunDeferred() {
  advancing_.swap(deferred_);
  for (const std::shared_ptr<Connection>& connection : advancing_) {
    Guard([&connection] { connection->Advance(); });
  }
  advancing_.clear();
  if (std::exchange(accept_again_, false)) {
    for (const auto& acceptor : acceptors_) Guard([&acceptor] { acceptor->Resume(); });
  }
}

void EventLoop::RunTick() {
  next_tick_ = std::chrono::steady_clock::now() + kTick;
  Guard([this] { handler_->Tick(); });
  // From the back: a connection that closes is replaced by the last one.
  for (std::size_t i = connections_.size(); i-- > 0;) {
    if (i < connections_.size()) Guard([this, i] { connections_[i]->CheckDeadlines(); });
  }
  for (const auto& acceptor : acceptors_) Guard([&acceptor] { acceptor->Resume(); });
}

void EventLoop::Waker::OnEvents(std::uint32_t) { loop_.RunMail(loop_.mailbox_->Take()); }

void EventLoop::RunMail(const Mailbox::Contents& contents) {
  for (Connection* connection : contents.answered) {
    Guard([connection] { connection->OnAnswered(); });
  }
  for (const std::function<void()>& task : contents.tasks) Guard(task);
}

template <class F>
void EventLoop::Guard(F&& run) {
  try {
    run();
  } catch (const std::exception& e) {
    shared_.Log(std::string("unexpected failure in an event loop: ") + e.what());
  } catch (...) {
    shared_.Log("unexpected failure in an event loop");
  }
}

bool EventLoop::Watch(int fd, std::uint32_t events, Pollable* pollable) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = pollable;
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

void EventLoop::Add(std::shared_ptr<Connection> connection) {
  connection->slot = connections_.size();
  connections_.push_back(std::move(connection));
  connections_.back()->Start();
}

void EventLoop::Remove(Connection& connection) {
  const std::size_t slot = connection.slot;
  closed_.push_back(std::move(connections_[slot]));
  if (slot + 1 != connections_.size()) {
    connections_[slot] = std::move(connections_.back());
    connections_[slot]->slot = slot;
  }
  connections_.pop_back();
}

void EventLoop::Defer(std::shared_ptr<Connection> connection) { deferred_.push_back(std::move(connection)); }

// ---- The end ----

void EventLoop::Stop(std::chrono::milliseconds patience) {
  Post([this, patience] { BeginStop(patience); });
}

void EventLoop::BeginStop(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  if (stop_deadline_.has_value()) {
    stop_deadline_ = std::min(*stop_deadline_, deadline);
    return;
  }
  // Connections that are complete already are taken over, so that no client is reset which has sent a request.
  for (const auto& acceptor : acceptors_) acceptor->OnEvents(EPOLLIN);
  for (const auto& acceptor : acceptors_) acceptor->Close();
  stop_deadline_ = deadline;
  for (std::size_t i = connections_.size(); i-- > 0;) {
    if (i < connections_.size()) Guard([this, i] { connections_[i]->Drain(); });
  }
}

bool EventLoop::Finished() const {
  if (!stop_deadline_.has_value()) return false;
  return connections_.empty() || std::chrono::steady_clock::now() >= *stop_deadline_;
}

void EventLoop::Finish() {
  while (!connections_.empty()) connections_.back()->Close();
  // Whatever was answered until now is let go here, whatever will be by who answers it.
  mailbox_->Close();
  Mailbox::Contents contents = mailbox_->Take();
  contents.tasks.clear();
  RunMail(contents);
  RunDeferred();
  deferred_.clear();
  closed_.clear();
}

}  // namespace claviger::net
