"""Requests: Démarches simplifiées read and answered, requests from imports and forms, decisions, anomalies."""
