#ifndef BOUNCELAB_MODELS_KERBEROS_ERROR_CODE_H
#define BOUNCELAB_MODELS_KERBEROS_ERROR_CODE_H

#include "formats/enum-names.h"

#include <array>
#include <cstdint>

namespace bouncelab::kerberos
{

/// Error numbers that follow from a state here (RFC 4120 7.5.9).
enum class ErrorCode : std::int64_t
{
    None = 0,
    ClientUnknown = 6,
    ServiceUnknown = 7,
    NeverValid = 11, //!< The ticket would have ended before it begins.
    EncryptionTypeUnsupported = 14,
    PaDataUnsupported = 16,
    ClientRevoked = 18,
    PreAuthFailed = 24,
    PreAuthRequired = 25,
    ServiceUnavailable = 29, //!< No KDC answers: never on the wire.
    BadIntegrity = 31,
    TicketExpired = 32,
    TicketNotYetValid = 33,
    Repeat = 34,
    NotUs = 35,
    BadMatch = 36,
    Skew = 37,
    MessageType = 40,
    Modified = 41,
    ResponseTooBig = 52,
    Generic = 60,
    FieldTooLong = 61,
    WrongRealm = 68,
};

/// The names of RFC 4120, as logs and events have them.
constexpr auto
EnumNames(ErrorCode)
{
    return std::array<EnumName<ErrorCode>, 23>{
        {{"KDC_ERR_NONE", ErrorCode::None},
         {"KDC_ERR_C_PRINCIPAL_UNKNOWN", ErrorCode::ClientUnknown},
         {"KDC_ERR_S_PRINCIPAL_UNKNOWN", ErrorCode::ServiceUnknown},
         {"KDC_ERR_NEVER_VALID", ErrorCode::NeverValid},
         {"KDC_ERR_ETYPE_NOTSUPP", ErrorCode::EncryptionTypeUnsupported},
         {"KDC_ERR_PADATA_TYPE_NOSUPP", ErrorCode::PaDataUnsupported},
         {"KDC_ERR_CLIENT_REVOKED", ErrorCode::ClientRevoked},
         {"KDC_ERR_PREAUTH_FAILED", ErrorCode::PreAuthFailed},
         {"KDC_ERR_PREAUTH_REQUIRED", ErrorCode::PreAuthRequired},
         {"KDC_ERR_SVC_UNAVAILABLE", ErrorCode::ServiceUnavailable},
         {"KRB_AP_ERR_BAD_INTEGRITY", ErrorCode::BadIntegrity},
         {"KRB_AP_ERR_TKT_EXPIRED", ErrorCode::TicketExpired},
         {"KRB_AP_ERR_TKT_NYV", ErrorCode::TicketNotYetValid},
         {"KRB_AP_ERR_REPEAT", ErrorCode::Repeat},
         {"KRB_AP_ERR_NOT_US", ErrorCode::NotUs},
         {"KRB_AP_ERR_BADMATCH", ErrorCode::BadMatch},
         {"KRB_AP_ERR_SKEW", ErrorCode::Skew},
         {"KRB_AP_ERR_MSG_TYPE", ErrorCode::MessageType},
         {"KRB_AP_ERR_MODIFIED", ErrorCode::Modified},
         {"KRB_ERR_RESPONSE_TOO_BIG", ErrorCode::ResponseTooBig},
         {"KRB_ERR_GENERIC", ErrorCode::Generic},
         {"KRB_ERR_FIELD_TOOLONG", ErrorCode::FieldTooLong},
         {"KDC_ERR_WRONG_REALM", ErrorCode::WrongRealm}}};
}

} // namespace bouncelab::kerberos

#endif // BOUNCELAB_MODELS_KERBEROS_ERROR_CODE_H
