// XML Signature and XML Encryption, as far as SAML needs them (xmlsec does the work). Nothing of a document's own
// choosing is trusted: neither keys nor places that it points at, nor transformations, nor old algorithms.
#pragma once

#include <string>
#include <vector>

#include "crypto/secret.h"
#include "federation/xml_internal.h"

namespace claviger::federation {

// Whether the signature that stands directly in `element` covers exactly this element, and was made with the key of one
// of the certificates (DER). REQUIRES: no two elements of the document have the same ID.
bool IsSignedBy(xmlNode* element, const std::vector<std::string>& certificates);

// Puts in the place of an xenc:EncryptedData what it holds, with one of the private keys (PEM). False when none fits.
bool Decrypt(xmlNode* encrypted_data, const std::vector<crypto::Secret>& private_keys);

}  // namespace claviger::federation
