"""``python -m issuer.commands``: what ``./wif`` runs."""

from issuer.commands import main

main()
