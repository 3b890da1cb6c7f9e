"""Lists for paper and spreadsheets: who took which, until when it is to be destroyed."""
