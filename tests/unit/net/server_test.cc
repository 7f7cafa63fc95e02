#include "net/server.h"

#include <dirent.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <future>
#include <stdexcept>
#include <string>
#include <thread>

#include "unit/net/server_fixture.h"

namespace claviger::net {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

class ServerTest : public ServerFixture {};

std::size_t OpenDescriptors() {
  std::size_t count = 0;
  DIR* directory = ::opendir("/proc/self/fd");
  while (::readdir(directory) != nullptr) ++count;
  ::closedir(directory);
  return count;
}

TEST_F(ServerTest, AnswersARequest) {
  Start();
  Client client(port_);
  const auto answer = client.Call("POST", "/a?b=c", "body");
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "POST /a?b=c body");
  EXPECT_EQ(answer->Header("date"), "Sun, 22 Nov 2026 08:00:00 GMT");
  EXPECT_EQ(answer->Header("content-type"), "text/plain");
}

TEST_F(ServerTest, TellsThePeersAddressAndThatItIsPlain) {
  Start([](Exchange& exchange) {
    exchange.response.body.append(exchange.request.source_ip).append(exchange.request.secure ? " tls" : " plain");
    EXPECT_FALSE(exchange.tls_details().has_value());
    exchange.Answer();
  });
  EXPECT_EQ(Client(port_).Call("GET", "/")->body, "127.0.0.1 plain");
}

TEST_F(ServerTest, KeepsTheConnectionForFurtherRequests) {
  Start();
  Client client(port_);
  for (int i = 0; i < 5; ++i) {
    const auto answer = client.Call("GET", "/" + std::to_string(i));
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->body, "GET /" + std::to_string(i) + " ");
  }
}

TEST_F(ServerTest, ClosesWhenTheClientAsksForIt) {
  Start();
  Client client(port_);
  const auto answer = client.Call("GET", "/", "", "Connection: close\r\n");
  EXPECT_EQ(answer->Header("connection"), "close");
  EXPECT_TRUE(client.WaitForEnd());
  Client old(port_);
  old.Send("GET /old HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.Receive()->body, "GET /old ");
  EXPECT_TRUE(old.WaitForEnd());
}

TEST_F(ServerTest, KeepsHttp10ConnectionsOnRequest) {
  Start();
  Client client(port_);
  for (int i = 0; i < 2; ++i) {
    client.Send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const auto answer = client.Receive();
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->Header("connection"), "keep-alive");
  }
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  Start();
  Client client(port_);
  std::string requests;
  for (int i = 0; i < 500; ++i) requests += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  client.Send(requests);
  for (int i = 0; i < 500; ++i) {
    const auto answer = client.Receive();
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->body, "GET /" + std::to_string(i) + " ");
  }
}

TEST_F(ServerTest, ReadsARequestThatComesByteByByte) {
  Start();
  Client client(port_);
  for (const char byte : std::string("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")) {
    client.Send({&byte, 1});
  }
  EXPECT_EQ(client.Receive()->body, "POST /x abc");
}

TEST_F(ServerTest, ReadsChunkedBodies) {
  Start();
  Client client(port_);
  client.Send("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_EQ(client.Receive()->body, "PUT / abcde");
}

TEST_F(ServerTest, TakesAndGivesBodiesOfMegabytes) {
  Start();
  Client client(port_);
  const std::string body(5 << 20, 'b');
  for (int i = 0; i < 2; ++i) {
    std::thread sender([&] {
      client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    });
    const auto answer = client.Receive();
    sender.join();
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->body.size(), body.size() + 7);
  }
}

TEST_F(ServerTest, SendsNoBodyForHead) {
  Start();
  Client client(port_);
  EXPECT_EQ(client.Call("HEAD", "/")->Header("content-length"), "7");
  EXPECT_EQ(client.Call("GET", "/")->body, "GET / ");
}

TEST_F(ServerTest, InvitesTheBodyOfAClientThatWaits) {
  Start();
  Client client(port_);
  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.Receive()->status, 100);
  client.Send("ok");
  EXPECT_EQ(client.Receive()->body, "POST / ok");
}

TEST_F(ServerTest, RefusesMalformedRequestsAndCloses) {
  Start();
  Client client(port_);
  client.Send("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  const auto answer = client.Receive();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 400);
  EXPECT_EQ(answer->Header("connection"), "close");
  EXPECT_THAT(answer->body, HasSubstr("Content-Length and Transfer-Encoding"));
  client.FinishSending();
  EXPECT_TRUE(client.WaitForEnd());
  WaitForConnections(0);
}

TEST_F(ServerTest, RefusesLargeBodiesSoThatTheClientSeesWhy) {
  options_.limits.body_bytes_max = 1000;
  Start();
  Client client(port_);
  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
  client.Send(std::string(1'000'000, 'x'));
  EXPECT_EQ(client.Receive()->status, 413);
  client.FinishSending();
  EXPECT_TRUE(client.WaitForEnd());
}

TEST_F(ServerTest, RefusesMoreLargeRequestsThanMemoryIsMeantFor) {
  options_.large_buffer_bytes_max = 100'000;
  Start();
  Client client(port_);
  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
  client.Send(std::string(1'000'000, 'x'));
  EXPECT_EQ(client.Receive()->status, 503);
  client.FinishSending();
  EXPECT_TRUE(client.WaitForEnd());
  EXPECT_EQ(Client(port_).Call("POST", "/", std::string(50'000, 'x'))->status, 200);
}

TEST_F(ServerTest, LetsTheHandlerRenderErrors) {
  class Rendering final : public Handler {
   public:
    void Handle(Exchange& exchange) override { exchange.Answer(); }
    void RenderError(const http::ParseError& error, http::Response& response) override {
      response.content_type = "text/xml";
      response.body = "<Error>" + std::string(error.reason) + "</Error>";
    }
  };
  options_.listeners = {{"127.0.0.1:0"}};
  options_.clock = &clock_;
  auto server = Server::Start(options_, [](Loop&) { return std::make_unique<Rendering>(); });
  ASSERT_TRUE(server.ok());
  Client client((*server)->port());
  client.Send("nonsense\r\n");
  EXPECT_EQ(client.Receive()->body, "<Error>the request line is malformed</Error>");
}

TEST_F(ServerTest, AnswersAnErrorWhenTheHandlerThrows) {
  std::atomic<int> lines{0};
  options_.log = [&](std::string_view line) {
    EXPECT_THAT(std::string(line), HasSubstr("boom"));
    ++lines;
  };
  Start([](Exchange&) { throw std::runtime_error("boom"); });
  Client client(port_);
  EXPECT_EQ(client.Call("GET", "/")->status, 500);
  client.Close();
  EXPECT_EQ(lines, 1);
  EXPECT_EQ(Client(port_).Call("GET", "/")->status, 500);
}

TEST_F(ServerTest, SendsAnswersGivenLaterByAnotherThread) {
  Pending pending;
  Start([&](Exchange& exchange) { pending.Put(exchange); });
  std::thread committer([&] {
    for (int i = 0; i < 100; ++i) Echo(pending.Take());
  });
  Client client(port_);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(client.Call("GET", "/late")->body, "GET /late ");
  committer.join();
}

TEST_F(ServerTest, SendsAnswersGivenLaterOnItsOwnThread) {
  Start([this](Exchange& exchange) { loops_[0]->Post([&exchange] { Echo(exchange); }); });
  Client client(port_);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(client.Call("GET", "/posted")->body, "GET /posted ");
}

TEST_F(ServerTest, KeepsLateAnswersInOrderWithPipelinedRequests) {
  Pending pending;
  Start([&](Exchange& exchange) {
    if (exchange.request.path == "/late") return pending.Put(exchange);
    Echo(exchange);
  });
  Client client(port_);
  client.Send(
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /late HTTP/1.1\r\nHost: a\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.Receive()->body, "GET /1 ");
  Echo(pending.Take());
  EXPECT_EQ(client.Receive()->body, "GET /late ");
  EXPECT_EQ(client.Receive()->body, "GET /3 ");
}

TEST_F(ServerTest, KeepsTheRequestOfAClientThatHasGone) {
  Pending pending;
  Start([&](Exchange& exchange) { pending.Put(exchange); });
  Client client(port_);
  client.Send("POST /gone HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
  Exchange& exchange = pending.Take();
  client.Reset();
  WaitForConnections(0);
  EXPECT_EQ(exchange.request.path, "/gone");
  EXPECT_EQ(exchange.request.body, "body");
  EXPECT_EQ(exchange.request.source_ip, "127.0.0.1");
  Echo(exchange);
  Settle();
}

TEST_F(ServerTest, AnswersAClientThatFinishedSending) {
  Pending pending;
  Start([&](Exchange& exchange) { pending.Put(exchange); });
  Client client(port_);
  client.Send("GET /half HTTP/1.1\r\nHost: a\r\n\r\n");
  client.FinishSending();
  Echo(pending.Take());
  EXPECT_EQ(client.Receive()->body, "GET /half ");
  EXPECT_TRUE(client.WaitForEnd());
}

TEST_F(ServerTest, ClosesIdleConnectionsInTime) {
  Start();
  Client client(port_);
  EXPECT_EQ(client.Call("GET", "/")->status, 200);
  Elapse(options_.timeouts.idle - 1ms);
  const int before = ticks_;
  while (ticks_ < before + 2) Settle();
  EXPECT_EQ(client.Call("GET", "/")->status, 200);
  Elapse(options_.timeouts.idle);
  EXPECT_TRUE(client.WaitForEnd());
}

TEST_F(ServerTest, ClosesConnectionsThatNeverSayAnything) {
  Start();
  Client client(port_);
  WaitForConnections(1);
  Elapse(options_.timeouts.head);
  EXPECT_TRUE(client.WaitForEnd());
}

TEST_F(ServerTest, GivesASlowHeadNoMoreTimeForEachByte) {
  Start();
  Client client(port_);
  EXPECT_EQ(client.Call("GET", "/")->status, 200);
  client.Send("GET /");
  Settle();
  Elapse(options_.timeouts.head / 2);
  client.Send("slow");
  Settle();
  Elapse(options_.timeouts.head / 2);
  EXPECT_EQ(client.Receive()->status, 408);
}

TEST_F(ServerTest, GivesASlowBodyUp) {
  Start();
  Client client(port_);
  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n123");
  WaitForConnections(1);
  Settle();
  Elapse(options_.timeouts.head);
  client.Send("4");
  Settle();
  Elapse(options_.timeouts.body);
  EXPECT_EQ(client.Receive()->status, 408);
}

TEST_F(ServerTest, GivesUpOnAClientThatTakesNoAnswers) {
  Start([](Exchange& exchange) {
    exchange.response.body.assign(32 << 20, 'x');
    exchange.Answer();
  });
  Client client(port_);
  client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  WaitForConnections(1);
  while (server_->open_connections() == 1) {
    Elapse(options_.timeouts.write);
    Settle();
  }
}

TEST_F(ServerTest, StopsListeningToARefusedClientAfterAWhile) {
  Start();
  Client client(port_);
  client.Send("nonsense\r\n");
  EXPECT_EQ(client.Receive()->status, 400);
  Elapse(options_.timeouts.linger);
  WaitForConnections(0);
}

TEST_F(ServerTest, LetsFurtherConnectionsWaitAtTheLimit) {
  options_.connections_max = 2;
  Start();
  auto first = std::make_unique<Client>(port_);
  Client second(port_);
  EXPECT_EQ(first->Call("GET", "/1")->status, 200);
  EXPECT_EQ(second.Call("GET", "/2")->status, 200);
  Client third(port_);
  third.Send("GET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
  Settle();
  EXPECT_EQ(server_->open_connections(), 2U);
  first.reset();
  EXPECT_EQ(third.Receive()->body, "GET /3 ");
}

TEST_F(ServerTest, SurvivesRunningOutOfFileDescriptors) {
  std::promise<void> refused;
  options_.log = [&](std::string_view line) {
    EXPECT_THAT(std::string(line), HasSubstr("cannot accept"));
    refused.set_value();
  };
  Start();
  Client client(port_);
  EXPECT_EQ(client.Call("GET", "/")->status, 200);
  Client waiting(port_ == 0 ? 0 : port_);
  EXPECT_EQ(waiting.Call("GET", "/")->status, 200);
  auto next = std::make_unique<Client>(port_);
  EXPECT_EQ(next->Call("GET", "/")->status, 200);
  next.reset();
  WaitForConnections(2);

  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  // A socket made before the limit falls is connected while the server cannot have another one.
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const rlimit none{.rlim_cur = 0, .rlim_max = limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  refused.get_future().wait();
  EXPECT_EQ(client.Call("GET", "/")->status, 200);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  WaitForConnections(3);
  ::close(fd);
}

TEST_F(ServerTest, LeaksNothingOverManyConnections) {
  Start();
  EXPECT_EQ(Client(port_).Call("GET", "/")->status, 200);
  WaitForConnections(0);
  const std::size_t before = OpenDescriptors();
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(Client(port_).Call("GET", "/")->status, 200);
  WaitForConnections(0);
  EXPECT_EQ(OpenDescriptors(), before);
}

TEST_F(ServerTest, ServesManyClientsOnSeveralLoops) {
  options_.loops = 3;
  Start();
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([this] {
      Client client(port_);
      for (int call = 0; call < 100; ++call) EXPECT_EQ(client.Call("GET", "/")->status, 200);
    });
  }
  for (std::thread& client : clients) client.join();
}

TEST_F(ServerTest, ListensOnSeveralAddresses) {
  options_.listeners = {{"127.0.0.1:0"}, {"localhost:0"}, {"*:0"}};
  Start();
  for (const std::size_t i : {0, 2}) EXPECT_EQ(Client(server_->port(i)).Call("GET", "/")->status, 200);
  EXPECT_NE(server_->port(0), server_->port(1));
}

TEST_F(ServerTest, RefusesAnAddressInUse) {
  Start();
  ServerOptions second = options_;
  second.listeners = {{"127.0.0.1:" + std::to_string(port_)}};
  const auto server = Server::Start(second, [](Loop&) { return nullptr; });
  ASSERT_FALSE(server.ok());
  EXPECT_THAT(server.error().message, HasSubstr("Address already in use"));
}

TEST_F(ServerTest, RunsPostedTasksInOrder) {
  Start();
  std::vector<int> order;
  for (int i = 0; i < 10; ++i) loops_[0]->Post([&order, i] { order.push_back(i); });
  Settle();
  EXPECT_THAT(order, ::testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
}

TEST_F(ServerTest, TicksOnItsOwn) {
  Start();
  while (ticks_ < 2) std::this_thread::yield();
}

TEST_F(ServerTest, FinishesRequestsInFlightWhenStopping) {
  Pending pending;
  Start([&](Exchange& exchange) { pending.Put(exchange); });
  Client idle(port_);
  Client busy(port_);
  busy.Send("GET /busy HTTP/1.1\r\nHost: a\r\n\r\n");
  Exchange& exchange = pending.Take();
  WaitForConnections(2);
  std::thread stopper([this] { server_->Stop(10s); });
  EXPECT_TRUE(idle.WaitForEnd());
  Echo(exchange);
  const auto answer = busy.Receive();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->body, "GET /busy ");
  EXPECT_EQ(answer->Header("connection"), "close");
  stopper.join();
  EXPECT_FALSE(Client(port_).connected());
}

TEST_F(ServerTest, DropsAnswersThatComeAfterItHasStopped) {
  Pending pending;
  Start([&](Exchange& exchange) { pending.Put(exchange); });
  Client client(port_);
  client.Send("GET /never HTTP/1.1\r\nHost: a\r\n\r\n");
  Exchange& exchange = pending.Take();
  server_->Stop(0s);
  EXPECT_TRUE(client.WaitForEnd());
  server_.reset();
  EXPECT_EQ(exchange.request.path, "/never");
  Echo(exchange);
}

TEST_F(ServerTest, StopsTwiceAndWithoutConnections) {
  Start();
  server_->Stop(10s);
  server_->Stop(0s);
  loops_[0]->Post([] { FAIL() << "posted to a loop that has stopped"; });
}

}  // namespace
}  // namespace claviger::net
