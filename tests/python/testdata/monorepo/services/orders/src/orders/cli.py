from common import NAME


def main():
    print("orders with", NAME)
