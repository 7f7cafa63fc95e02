#include "net/https_client.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "base/encoding.h"
#include "crypto/certificate.h"
#include "crypto/fingerprint.h"

namespace claviger::net {
namespace {

struct CurlDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

constexpr long kOk = 200;

// The networks that are somebody's own, or no place at all (the registries of special-purpose addresses).
struct Network {
  std::array<std::uint8_t, 16> prefix;
  int bits;
};

constexpr std::array<Network, 12> kNotPublicV6 = {{{{0}, 96},                       // ::, ::1, old ::a.b.c.d
                                                   {{0, 0x64, 0xff, 0x9b}, 32},     // 64:ff9b::, to IPv4
                                                   {{0x01, 0x00}, 64},              // discard
                                                   {{0x20, 0x01, 0x00, 0x00}, 32},  // Teredo
                                                   {{0x20, 0x01, 0x0d, 0xb8}, 32},  // examples
                                                   {{0x20, 0x02}, 16},              // 6to4
                                                   {{0x3f, 0xff}, 20},              // examples
                                                   {{0x5f, 0x00}, 16},              // segment routing
                                                   {{0xfc}, 7},                     // unique local
                                                   {{0xfe, 0x80}, 10},              // link-local
                                                   {{0xfe, 0xc0}, 10},              // site-local
                                                   {{0xff}, 8}}};                   // multicast
constexpr std::array<Network, 15> kNotPublicV4 = {{{{0}, 8},
                                                   {{10}, 8},
                                                   {{100, 64}, 10},
                                                   {{127}, 8},
                                                   {{169, 254}, 16},
                                                   {{172, 16}, 12},
                                                   {{192, 0, 0}, 24},
                                                   {{192, 0, 2}, 24},
                                                   {{192, 88, 99}, 24},
                                                   {{192, 168}, 16},
                                                   {{198, 18}, 15},
                                                   {{198, 51, 100}, 24},
                                                   {{203, 0, 113}, 24},
                                                   {{224}, 4},
                                                   {{240}, 4}}};

bool IsIn(const std::uint8_t* address, const Network& network) {
  for (int bit = 0; bit < network.bits; bit += 8) {
    const int rest = std::min(8, network.bits - bit);
    const auto mask = static_cast<std::uint8_t>(0xff << (8 - rest));
    if (((address[bit / 8] ^ network.prefix[static_cast<std::size_t>(bit / 8)]) & mask) != 0) return false;
  }
  return true;
}

bool IsPublicV4(const std::uint8_t* address) {
  return std::ranges::none_of(kNotPublicV4, [&](const Network& network) { return IsIn(address, network); });
}

bool IsPublicV6(const std::uint8_t* address) {
  constexpr Network kMapped{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};
  if (IsIn(address, kMapped)) return IsPublicV4(address + 12);
  return std::ranges::none_of(kNotPublicV6, [&](const Network& network) { return IsIn(address, network); });
}

bool IsPublic(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof(v4));
    return IsPublicV4(reinterpret_cast<const std::uint8_t*>(&v4.sin_addr));
  }
  if (address.sa_family != AF_INET6) return false;
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address, sizeof(v6));
  return IsPublicV6(reinterpret_cast<const std::uint8_t*>(&v6.sin6_addr));
}

// "issuer.example" of "https://issuer.example/tenant".
std::string_view HostOf(std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  if (!url.starts_with(kScheme)) return {};
  url.remove_prefix(kScheme.size());
  return url.substr(0, url.find_first_of("/?#"));
}

// Called with every address before it is connected to, however it was found: the one place that holds the rule.
curl_socket_t OpenSocket(void* private_addresses, curlsocktype, curl_sockaddr* address) {
  if (!*static_cast<const bool*>(private_addresses) && !IsPublic(address->addr)) return CURL_SOCKET_BAD;
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

struct Body {
  std::string text;
  std::size_t bytes_max;
};

std::size_t Receive(char* data, std::size_t size, std::size_t count, void* body_pointer) {
  auto& body = *static_cast<Body*>(body_pointer);
  if (size * count > body.bytes_max - body.text.size()) return 0;
  body.text.append(data, size * count);
  return size * count;
}

// One request and its settings.
class Transfer {
 public:
  Transfer(const std::string& url, std::size_t bytes_max, const HttpsOptions& options)
      : handle_(curl_easy_init()), body_{{}, bytes_max}, private_addresses_(options.private_addresses) {
    CURL* curl = handle_.get();
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    curl_easy_setopt(curl, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
    curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(bytes_max));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Receive);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body_);
    if (const auto place = options.places.find(std::string(HostOf(url))); place != options.places.end()) {
      places_.reset(curl_slist_append(nullptr, (place->first + ":443:" + place->second).c_str()));
      curl_easy_setopt(curl, CURLOPT_CONNECT_TO, places_.get());
      private_addresses_ = true;
    }
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, OpenSocket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &private_addresses_);
  }

  // Trusts this certificate and whom it vouches for, instead of whom the system trusts.
  void TrustOnly(std::string_view pem) {
    curl_blob blob{.data = const_cast<char*>(pem.data()), .len = pem.size(), .flags = CURL_BLOB_COPY};
    curl_easy_setopt(handle_.get(), CURLOPT_CAPATH, nullptr);
    curl_easy_setopt(handle_.get(), CURLOPT_CAINFO_BLOB, &blob);
  }

  Expected<std::string, HttpsProblem> Run() {
    const CURLcode code = curl_easy_perform(handle_.get());
    if (code == CURLE_PEER_FAILED_VERIFICATION) return Failure{HttpsProblem::kUntrusted};
    if (code == CURLE_WRITE_ERROR || code == CURLE_FILESIZE_EXCEEDED || code == CURLE_URL_MALFORMAT ||
        code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_LOGIN_DENIED) {
      return Failure{HttpsProblem::kUnusable};
    }
    if (code != CURLE_OK) return Failure{HttpsProblem::kUnreachable};
    long status = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status != kOk) return Failure{status >= 500 ? HttpsProblem::kUnreachable : HttpsProblem::kUnusable};
    return std::move(body_.text);
  }

  // The certificates that the server shows, as PEM: believed in nothing, nothing is asked.
  std::vector<std::string> Chain() {
    CURL* curl = handle_.get();
    curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl, CURLOPT_CERTINFO, 1L);
    std::vector<std::string> chain;
    curl_certinfo* info = nullptr;
    if (curl_easy_perform(curl) != CURLE_OK || curl_easy_getinfo(curl, CURLINFO_CERTINFO, &info) != CURLE_OK) {
      return chain;
    }
    for (int i = 0; info != nullptr && i < info->num_of_certs; ++i) {
      for (const curl_slist* line = info->certinfo[i]; line != nullptr; line = line->next) {
        constexpr std::string_view kCert = "Cert:";
        const std::string_view text(line->data);
        if (text.starts_with(kCert)) chain.emplace_back(text.substr(kCert.size()));
      }
    }
    return chain;
  }

 private:
  std::unique_ptr<CURL, CurlDeleter> handle_;
  std::unique_ptr<curl_slist, CurlDeleter> places_;
  Body body_;
  bool private_addresses_;
};

bool IsReady() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  return ready == CURLE_OK;
}

// The certificate among `chain` that has one of the thumbprints.
std::optional<std::string> FindPinned(const std::vector<std::string>& chain,
                                      const std::vector<std::string>& thumbprints) {
  for (const std::string& pem : chain) {
    const auto certificates = crypto::Certificate::ParsePem(pem);
    if (certificates.size() != 1) continue;
    const std::string thumbprint = HexEncode(crypto::Sha1Of(certificates.front().Der()));
    if (std::ranges::find(thumbprints, thumbprint) != thumbprints.end()) return pem;
  }
  return std::nullopt;
}

}  // namespace

bool IsPublicAddress(std::string_view address) {
  const std::string text(address);
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return IsPublicV4(bytes.data());
  return inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1 && IsPublicV6(bytes.data());
}

Expected<std::string, HttpsProblem> GetHttps(const std::string& url, const std::vector<std::string>& thumbprints,
                                             std::size_t bytes_max, const HttpsOptions& options) {
  if (!IsReady() || HostOf(url).empty()) return Failure{HttpsProblem::kUnusable};
  auto trusted = Transfer(url, bytes_max, options).Run();
  if (trusted.ok() || trusted.error() != HttpsProblem::kUntrusted || thumbprints.empty()) return trusted;
  const auto pinned = FindPinned(Transfer(url, bytes_max, options).Chain(), thumbprints);
  if (!pinned) return trusted;
  Transfer transfer(url, bytes_max, options);
  transfer.TrustOnly(*pinned);
  return transfer.Run();
}

Expected<std::vector<std::string>, HttpsProblem> GetCertificates(const std::string& url, const HttpsOptions& options) {
  if (!IsReady() || HostOf(url).empty()) return Failure{HttpsProblem::kUnusable};
  std::vector<std::string> chain;
  for (const std::string& pem : Transfer(url, 0, options).Chain()) {
    const auto certificates = crypto::Certificate::ParsePem(pem);
    if (certificates.size() != 1) return Failure{HttpsProblem::kUnusable};
    chain.push_back(certificates.front().Der());
  }
  if (chain.empty()) return Failure{HttpsProblem::kUnreachable};
  return chain;
}

}  // namespace claviger::net
