#include "models/smtp/tls-engine.h"

#include "models/smtp/tls-layer.h"

namespace bouncelab::smtp
{

namespace
{

TlsMaker&
CurrentMaker()
{
    static TlsMaker maker;
    return maker;
}

} // namespace

std::unique_ptr<TlsEngine>
MakeTls(TlsEngine::Role role, const TlsPersona& persona, std::string name, DrawKey draws)
{
    if (const TlsMaker& maker = CurrentMaker())
    {
        return maker(role, persona, std::move(name), draws);
    }
    return std::make_unique<TlsLayer>(role, persona, std::move(name), draws);
}

void
SetTlsMaker(TlsMaker maker)
{
    CurrentMaker() = std::move(maker);
}

} // namespace bouncelab::smtp
