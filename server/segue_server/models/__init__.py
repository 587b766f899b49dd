"""The models in use: chosen by the settings, opened when needed, watched while they are used."""
