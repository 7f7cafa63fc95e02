#include "client/api.h"

#include <curl/curl.h>

#include <charconv>

#include "base/encoding.h"
#include "base/time_text.h"
#include "http/message.h"
#include "sigv4/sign.h"

namespace claviger::client {
namespace {

using codec::JsonValue;

constexpr std::size_t kAnswerBytesMax = std::size_t{16} << 20;
constexpr long kConnectSeconds = 10;
constexpr long kCallSeconds = 60;
constexpr long kOk = 200;

struct CurlDeleter {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::size_t Receive(const char* bytes, std::size_t size, std::size_t count, void* into) {
  std::string& body = *static_cast<std::string*>(into);
  if (body.size() + size * count > kAnswerBytesMax) return 0;  // Ends the transfer.
  body.append(bytes, size * count);
  return size * count;
}

const JsonValue* Find(const JsonValue* value, std::string_view path) {
  while (value != nullptr && !path.empty()) {
    if (!value->IsObject()) return nullptr;
    const std::size_t dot = path.find('.');
    value = value->Find(path.substr(0, dot));
    path = dot == path.npos ? std::string_view() : path.substr(dot + 1);
  }
  return value;
}

std::string FormOf(std::string_view service, std::string_view action, const Parameters& parameters) {
  std::string form = "Action=" + std::string(action) + "&Version=" + (service == "sts" ? "2011-06-15" : "2010-05-08");
  for (const auto& [name, value] : parameters) {
    form.append("&").append(name).append("=");
    PercentEncodeTo(value, form);
  }
  return form;
}

// "host:port" and the path of an endpoint without query.
std::pair<std::string_view, std::string_view> Split(std::string_view url) {
  url.remove_prefix(url.find("//") + 2);
  const std::size_t slash = url.find('/');
  return {url.substr(0, slash), slash == url.npos ? "/" : url.substr(slash)};
}

CallError ErrorOf(const codec::JsonDocument* document, long status) {
  const JsonValue* root = document == nullptr ? nullptr : &document->root();
  CallError error{.code = root == nullptr ? "" : Answer::TextAt(*root, "Error.Code"),
                  .message = root == nullptr ? "" : Answer::TextAt(*root, "Error.Message")};
  if (error.code.empty()) error.message = "the server answered " + std::to_string(status) + ", and not as IAM does";
  return error;
}

}  // namespace

Answer::Answer(codec::JsonDocument document, std::string_view action) : document_(std::move(document)) {
  const std::string name(action);
  result_ = Find(&document_.root(), name + "Response." + name + "Result");
}

std::string Answer::Text(std::string_view path) const { return result_ == nullptr ? "" : TextAt(*result_, path); }

std::optional<TimePoint> Answer::Time(std::string_view path) const {
  return result_ == nullptr ? std::nullopt : TimeAt(*result_, path);
}

std::string Answer::TextAt(const JsonValue& value, std::string_view path) {
  const JsonValue* found = Find(&value, path);
  if (found == nullptr || found->kind == codec::JsonKind::kNull) return {};
  return std::string(found->text);
}

std::optional<TimePoint> Answer::TimeAt(const JsonValue& value, std::string_view path) {
  const std::string text = TextAt(value, path);
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc() && end == text.data() + text.size()) {
    return TimePoint(std::chrono::microseconds(static_cast<std::int64_t>(seconds * 1e6)));
  }
  return ParseIso8601(text);
}

const std::vector<JsonValue>& Answer::List(std::string_view path) const {
  static const std::vector<JsonValue> kNone;
  const JsonValue* found = Find(result_, path);
  return found == nullptr ? kNone : found->items;
}

struct Api::State {
  Settings settings;
  const Clock& clock;
  std::unique_ptr<CURL, CurlDeleter> curl;
};

Api::Api(Settings settings, const Clock& clock)
    : state_(new State{.settings = std::move(settings),
                       .clock = clock,
                       .curl = std::unique_ptr<CURL, CurlDeleter>(curl_easy_init())}) {}
Api::Api(Api&&) noexcept = default;
Api::~Api() = default;

const Settings& Api::settings() const { return state_->settings; }

CallResult<Answer> Api::Call(std::string_view service, std::string_view action, const Parameters& parameters) {
  const Settings& settings = state_->settings;
  const std::string body = FormOf(service, action, parameters);
  const auto [host, path] = Split(settings.endpoint_url);
  http::Request request{.method = "POST", .path = path, .body = body};
  request.headers = {
      {"Host", host}, {"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
  const auto added = sigv4::SignHeaders(request, settings.credentials,
                                        {.region = settings.region, .service = service, .time = state_->clock.Now()});

  std::unique_ptr<curl_slist, CurlDeleter> headers;
  const auto add = [&headers](std::string_view name, std::string_view value) {
    const std::string line = std::string(name).append(": ").append(value);
    headers.reset(curl_slist_append(headers.release(), line.c_str()));
  };
  for (const http::Header& header : request.headers) add(header.name, header.value);
  for (const auto& [name, value] : added) add(name, value);

  CURL* const curl = state_->curl.get();
  std::string received;
  curl_easy_reset(curl);  // Keeps the connection.
  const std::string url = settings.endpoint_url + (path == "/" ? "/" : "");
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Receive);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &received);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, kCallSeconds);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  if (!settings.ca_bundle.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, settings.ca_bundle.c_str());
  if (const CURLcode code = curl_easy_perform(curl); code != CURLE_OK) {
    return Failure{CallError{.message = settings.endpoint_url + ": " + curl_easy_strerror(code)}};
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  auto document = codec::ParseJson(received, {.bytes_max = kAnswerBytesMax});
  crypto::Wipe(received.data(), received.size());
  if (status != kOk || !document.ok()) return Failure{ErrorOf(document.ok() ? &*document : nullptr, status)};
  return Answer(*std::move(document), action);
}

}  // namespace claviger::client
