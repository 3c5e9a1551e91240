print("kspec")
